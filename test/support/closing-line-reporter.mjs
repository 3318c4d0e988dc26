// A jest reporter: the last line of every test run is `N passed, N failed, N skipped`.
import { writeSync } from 'node:fs';

let started = false;
let results;

// At exit, because jest's own summary comes after the reporters are done.
process.once('exit', (code) => {
  // `--listTests` and the like run nothing, and other tools read jest's configuration too.
  if (!started && (code === 0 || !/jest(\.js)?$/.test(process.argv[1]))) return;
  const passed = results?.numPassedTests ?? 0;
  const skipped = (results?.numPendingTests ?? 0) + (results?.numTodoTests ?? 0);
  // A file that does not load has no tests to count.
  let failed = (results?.numFailedTests ?? 0) + (results?.numRuntimeErrorTestSuites ?? 0);
  // A run without tests, or one that broke off, is not a success.
  if (passed === 0 || code !== 0 || !results?.success) failed ||= 1;
  if (failed > 0) process.exitCode ||= 1;
  // Not process.stdout: jest disables it when it gives up.
  writeSync(1, `${passed} passed, ${failed} failed, ${skipped} skipped\n`);
});

export default class ClosingLineReporter {
  onRunStart() {
    started = true;
  }

  onRunComplete(_contexts, aggregated) {
    results = aggregated;
  }
}
