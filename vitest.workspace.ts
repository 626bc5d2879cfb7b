import { existsSync } from 'node:fs';
import { playwright } from '@vitest/browser-playwright';
import { defaultClientConditions, defaultServerConditions } from 'vite';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

const source = 'keepfit:source';
/** What tfjs' cpu backend prints at its first use in Node. */
const advert = 'Hi, looks like you are running TensorFlow.js in Node.js';
const chromium = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && existsSync(path),
);

const node: TestProjectInlineConfiguration = {
  extends: true,
  test: {
    name: 'node',
    environment: 'node',
    include: ['packages/*/test/**/*.test.ts', 'examples/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/*.browser.test.ts', '**/node_modules/**'],
    setupFiles: ['test/setup/gradients.ts'],
    // For the one test of fit's own loading of the gradient table, which only bundlers and Vite can load.
    server: { deps: { inline: [/@tensorflow\/tfjs-core\/dist\/(?!tf-core)/] } },
  },
};

const browser: TestProjectInlineConfiguration = {
  extends: true,
  test: {
    name: 'browser',
    include: ['packages/*/test/**/*.browser.test.ts'],
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({
        launchOptions: {
          executablePath: chromium ?? '',
          args: ['--no-sandbox', '--disable-gpu-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
        },
      }),
      instances: [{ browser: 'chromium' }],
    },
  },
};

if (chromium === undefined) {
  const advice = 'No Chromium found (looked in /usr/bin and at the variable CHROMIUM)';
  if (process.env['CI']) throw new Error(`${advice}: CI runs the browser tests too, so install it first.`);
  console.warn(`${advice}: the browser tests are left out.`);
}

export default defineConfig({
  resolve: { conditions: [source, ...defaultClientConditions] },
  ssr: { resolve: { conditions: [source, ...defaultServerConditions] } },
  test: {
    passWithNoTests: false,
    testTimeout: 60_000,
    onConsoleLog: (log) => (log.includes(advert) ? false : undefined),
    projects: chromium === undefined ? [node] : [node, browser],
  },
});
