/** @jest-config-loader esbuild-register */
import type { Config } from 'jest'

type Project = Exclude<NonNullable<Config['projects']>[number], string>

const setupFiles = [
  '<rootDir>/__tests__/support/jest-extended.ts',
  '<rootDir>/__tests__/support/patient-timeout.ts',
  '<rootDir>/__tests__/support/seed.ts',
]

/** How swc makes CommonJS of a module. */
function swc(parser: { syntax: 'typescript' | 'ecmascript'; tsx?: boolean }): Record<string, unknown> {
  return {
    jsc: {
      parser,
      target: 'es2022',
      transform: { verbatimModuleSyntax: true, react: { runtime: 'automatic' } },
    },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  }
}

/** The packages that are ES modules only: jest loads them as it does the sources. */
const ES_MODULES = ['svelte/src', 'esm-env', '@angular', '@ngrx', 'preact']

/**
 * What the projects share.
 *
 * The sources are ES modules; swc turns them into CommonJS as jest loads them, because on Node 20 jest runs
 * ES modules only behind an experimental flag. Imports that end in `.ts` name real files. RxJS is loaded as its single
 * bundle; otherwise each test file would compile 230 modules.
 */
function project(name: string, folder: string, settings: Project = {}): Project {
  return {
    displayName: name,
    testEnvironment: '<rootDir>/scripts/test-environment.cjs',
    testMatch: [`<rootDir>/${folder}/**/*.test.{ts,tsx}`],
    modulePathIgnorePatterns: ['<rootDir>/dist/'],
    injectGlobals: false,
    restoreMocks: true,
    setupFilesAfterEnv: setupFiles,
    transform: {
      '\\.ts$': ['@swc/jest', swc({ syntax: 'typescript' })],
      '\\.tsx$': ['@swc/jest', swc({ syntax: 'typescript', tsx: true })],
      // Generated code and some packages are JavaScript, but ES modules all the same.
      '\\.m?js$': ['@swc/jest', swc({ syntax: 'ecmascript' })],
      '\\.svelte$': '<rootDir>/scripts/svelte-transformer.cjs',
    },
    moduleNameMapper: {
      '^rxjs$': '<rootDir>/node_modules/rxjs/dist/bundles/rxjs.umd.js',
      '^rxjs/(operators|testing)$': '<rootDir>/__tests__/support/rxjs-$1.cjs',
    },
    transformIgnorePatterns: [`/node_modules/(?!(?:${ES_MODULES.join('|')})/)`],
    ...settings,
  }
}

const config: Config = {
  // Jest would leave one core to who watches it.
  maxWorkers: '100%',
  // On a busy machine a worker needs longer than jest's half second to end, and is reported as one that leaks.
  workerGracefulExitTimeout: 30_000,
  // What a worker keeps of tests that are over makes each collection of garbage slower, and tests ask for hundreds.
  workerIdleMemoryLimit: '600MB',
  collectCoverageFrom: ['src/**/*.ts'],
  projects: [
    project('unit', '__tests__', { testPathIgnorePatterns: ['/node_modules/', '\\.system\\.test\\.'] }),
    project('marbles', 'marbles'),
    // What starts other programs: the command, compilers, servers, browsers.
    project('system', '__tests__', { testMatch: ['<rootDir>/__tests__/**/*.system.test.{ts,tsx}'] }),
    // A heap scenario takes seconds and hundreds of megabytes: one at a time, with no other test beside it.
    project('memlab', 'memlab', {
      runner: '<rootDir>/scripts/one-worker-runner.cjs',
      setupFilesAfterEnv: [...setupFiles, '<rootDir>/memlab/support/long-timeout.ts'],
    }),
  ],
}

export default config
