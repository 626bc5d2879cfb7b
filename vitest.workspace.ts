import { availableParallelism } from 'node:os';
import { playwright } from '@vitest/browser-playwright';
import { defaultClientConditions, defaultServerConditions } from 'vite';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { chromiumArgs, chromiumPath } from './test/browser/chromium.js';
import { LongestFirst } from './test/setup/longest-first.js';

const source = 'keepfit:source';
/** What tfjs' cpu backend prints at its first use in Node. */
const advert = 'Hi, looks like you are running TensorFlow.js in Node.js';

/** What `npm run test:quick` (Vitest's mode "quick") leaves out. */
const SLOW = [
  '**/{resume,kill,killed-process,process,until-signal}.test.ts',
  '**/*crash*.test.ts',
  '**/{covering,random,tensor-leaks}.test.ts',
  '**/{in-chromium,strict-page,garbage-collection}.test.ts',
];

/** Tells the tests which run they are in, for what each of the two tries by halves. */
const envOf = (mode: string) => ({ VITE_KEEPFIT_LONG: mode === 'long' ? '1' : '' });

/** Those that may not run beside others. */
const QUIET = 'examples/browser/test/smooth.long.page.test.ts';

/**
 * The test files of one kind. `npm run test:long` (Vitest's mode "long") runs those with `.long` in their
 * names, and every other mode the others.
 */
function filesOf(mode: string, kind: '' | '.browser' | '.page'): { include: string[]; exclude: string[] } {
  const long = mode === 'long' ? '.long' : '';
  const name = `**/*${long}${kind}.test.ts`;
  return {
    include: ['packages/*/test', 'examples/*/test', 'test'].map((folder) => `${folder}/${name}`),
    exclude: [
      '**/node_modules/**',
      ...(long === '' ? ['**/*.long.*'] : []),
      ...(mode === 'quick' ? SLOW : []),
      ...(kind === '.page' ? [QUIET] : []),
      ...(kind === '' ? ['**/*.browser.test.ts', '**/*.page.test.ts'] : []),
    ],
  };
}

const node = (mode: string): TestProjectInlineConfiguration => ({
  extends: true,
  test: {
    name: 'node',
    env: envOf(mode),
    environment: 'node',
    // A process loads tfjs and the sources once, for many files. One that needs a separate process says so
    // by its environment options.
    isolate: false,
    ...filesOf(mode, ''),
    globalSetup: ['test/programs/set-up-programs.ts'],
    setupFiles: ['test/setup/gradients.ts'],
    // For the one test of fit's own loading of the gradient table, which only bundlers and Vite can load.
    server: { deps: { inline: [/@tensorflow\/tfjs-core\/dist\/(?!tf-core)/] } },
    // Node finds all names of CommonJS itself. Vitest's way is a proxy around tfjs, on the way of each op.
    deps: { interopDefault: false },
  },
});

/** Bundled before the first test, for Vite reloads a page in which it meets another one. */
const bundled = [
  '@tensorflow/tfjs',
  ...['core', 'layers', 'backend-cpu', 'backend-wasm', 'backend-webgl', 'backend-webgpu'].map(
    (name) => `@tensorflow/tfjs-${name}`,
  ),
  '@tensorflow/tfjs-core/dist/register_all_gradients',
  '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops',
];

const browser = (mode: string): TestProjectInlineConfiguration => ({
  extends: true,
  optimizeDeps: { include: bundled },
  test: {
    name: 'browser',
    env: envOf(mode),
    ...filesOf(mode, '.browser'),
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({
        launchOptions: {
          executablePath: chromiumPath ?? '',
          args: chromiumArgs,
        },
      }),
      instances: [{ browser: 'chromium' }],
    },
  },
});

/** Tests in Node that drive a whole browser: what is killed, closed or looked at is the browser itself. */
const page = (mode: string): TestProjectInlineConfiguration => ({
  extends: true,
  test: {
    name: 'page',
    env: envOf(mode),
    environment: 'node',
    ...filesOf(mode, '.page'),
    globalSetup: ['examples/browser/test/helpers/serve-page.ts'],
    // The tests notice a page that stops; a slow machine may need much time.
    testTimeout: 300_000,
  },
});

/** Measures how smooth a page is, so nothing else may run meanwhile. */
const quiet = (mode: string): TestProjectInlineConfiguration => {
  const { test, ...rest } = page(mode);
  return {
    ...rest,
    test: {
      ...test,
      name: 'quiet',
      include: [QUIET],
      exclude: [],
      maxWorkers: 1,
      sequence: { groupOrder: 1 },
    },
  };
};

if (chromiumPath === undefined) {
  const advice = 'No Chromium found (looked in /usr/bin and at the variable CHROMIUM)';
  if (process.env['CI']) throw new Error(`${advice}: CI runs the browser tests too, so install it first.`);
  console.warn(`${advice}: the browser tests are left out.`);
}

export default defineConfig(({ mode }) => ({
  resolve: { conditions: [source, ...defaultClientConditions] },
  ssr: { resolve: { conditions: [source, ...defaultServerConditions] } },
  test: {
    passWithNoTests: false,
    // What waits fails late, so that a busy machine fails no test: documents take a minute there, and to
    // bundle a page takes many seconds.
    testTimeout: 180_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 60_000 } },
    // Tests that wait for a browser leave their core to others.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Such tests start a process each.
    maxConcurrency: 3,
    // Most objects of tests die young: more room for them saves garbage collections.
    execArgv: ['--max-semi-space-size=64'],
    sequence: { sequencer: LongestFirst },
    onConsoleLog: (log) => (log.includes(advert) ? false : undefined),
    projects: (chromiumPath === undefined
      ? [node]
      : [node, browser, ...(mode === 'long' ? [page, quiet] : [])]
    ).map((project) => project(mode)),
  },
}));
