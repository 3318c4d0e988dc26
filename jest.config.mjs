// Loaded here as well as by its name below, so that a run which never reaches a reporter still ends with the closing line.
import './test/support/closing-line-reporter.mjs';

/** Tests read like a user's code and run the sources: `rightful/express` is src/express.ts. */
const doors = { '^rightful$': '<rootDir>/src/index.ts', '^rightful/([a-z]+)$': '<rootDir>/src/$1.ts' };

function project(displayName, decorators, settings) {
  const jsc = { target: 'es2022', parser: { syntax: 'typescript', decorators: true }, transform: decorators };
  return {
    displayName,
    testEnvironment: 'node',
    extensionsToTreatAsEsm: ['.ts'],
    moduleNameMapper: doors,
    modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/examples-dist/'],
    setupFilesAfterEnv: ['<rootDir>/test/support/second-chance.mjs'],
    transform: { '\\.ts$': ['@swc/jest', { jsc, swcrc: false }] },
    ...settings,
  };
}

export default {
  maxWorkers: 2,
  // Disks and keys take their time on a machine that does much else.
  testTimeout: 60_000,
  globalSetup: '<rootDir>/test/support/build-pages.mjs',
  reporters: ['default', '<rootDir>/test/support/closing-line-reporter.mjs'],
  projects: [
    project(
      'rightful',
      { decoratorVersion: '2022-03' },
      {
        testMatch: ['<rootDir>/test/**/*.test.ts'],
        testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/bench/', '<rootDir>/test/legacy-decorators/'],
      },
    ),
    project(
      'legacy decorators',
      { legacyDecorator: true, decoratorMetadata: true },
      { testMatch: ['<rootDir>/test/legacy-decorators/**/*.test.ts'] },
    ),
  ],
};
