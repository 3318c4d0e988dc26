// Most tests run on real clocks, disks, processes and sockets, and a machine that others use too may pause for seconds: who failed is
// tried again, and what failed first is printed. Not so where inputs are random: a counterexample counts, however often it is not found.
import { expect, jest } from '@jest/globals';
import { readFileSync } from 'node:fs';

const { testPath } = expect.getState();

if (!readFileSync(testPath, 'utf8').includes('fast-check')) {
  jest.retryTimes(2, { logErrorsBeforeRetry: true, waitBeforeRetry: 500 });
}
