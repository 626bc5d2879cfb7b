import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { inChromium } from './in-chromium.mjs';
import { install } from './install.mjs';
import { killAt } from './kill-at.mjs';
import { installable } from './readme-example.mjs';
import { run } from './run.mjs';
import { isolation } from './serve.mjs';

/** The same esbuild that builds the packages. */
const esbuild = createRequire(import.meta.resolve('tsup'))('esbuild');

const needed = [
  'keepfit',
  '@keepfit/backend-wasm',
  '@keepfit/store-fs',
  '@keepfit/store-indexeddb',
  '@tensorflow/tfjs',
  '@tensorflow/tfjs-backend-wasm',
];
const fromNpm = [
  ...[
    'bun@1',
    'deno@2',
    'webpack@5',
    'rollup@4',
    '@rollup/plugin-node-resolve@16',
    '@rollup/plugin-commonjs@29',
  ],
  // Parcel needs the two stand-ins for parts of Node. Without them it installs them and then fails.
  ...['parcel@2', 'process@0.11', 'buffer@6', 'next@16', 'react@19', 'react-dom@19', '@vercel/ncc@0.45'],
];

/** Installs the bundlers and runtimes from npm into a project, beside the packages of a training on WASM. */
export async function installTools(root, tarballs, project) {
  await install(project, [...fromNpm, ...installable(needed, tarballs, root)]);
  const file = join(project, 'package.json');
  // Parcel reads `exports` of a package only if it is told to.
  const settings = { '@parcel/resolver-default': { packageExports: true } };
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...settings }));
}

/**
 * Trains a convnet on WASM, without settings for its .wasm files: in Node, Bun and Deno, in bundles for Node that
 * lie beside no package, and in pages of six bundlers. Each is killed in the middle and resumed, and must end with
 * the hash of a training in Node that was not killed.
 *
 * @param project the folder in which `installTools` installed
 * @param away where the bundles for Node are written
 */
export async function checkBundlers(root, project, away) {
  const programs = join(project, 'programs');
  cpSync(join(root, 'scripts/packed/bundlers'), programs, { recursive: true });
  const node = join(programs, 'node.mjs');
  const site = join(project, 'site');
  mkdirSync(site);
  mkdirSync(away);
  const bin = (name) => join(project, 'node_modules/.bin', name);
  const { hash } = await train(process.execPath, [node, join(away, 'runs/whole')], away);
  // In two rows, because each of these bundlers keeps a core busy and takes much memory.
  const rows = [
    byNext(project).then(() => byParcel(project, site)),
    (async () => {
      await checkKilled([process.execPath, [node]], hash, away, 'node');
      await checkKilled([bin('bun'), [node]], hash, away, 'bun');
      await checkKilled([bin('deno'), ['run', '--allow-all', node]], hash, away, 'deno');
      await run(process.execPath, [join(root, 'scripts/packages/bundle-pages.mjs'), project, site], {
        cwd: root,
      });
      for (const [name, program] of Object.entries(await bundleForNode(node, project, away)))
        await checkKilled([process.execPath, [program]], hash, away, name);
    })(),
  ];
  await Promise.allSettled(rows);
  await Promise.all(rows);
  await checkPages(site, ['vite', 'webpack', 'rollup', 'parcel', 'esbuild', 'next'], hash);
  // With memory to share, tfjs by itself would try to start threads, and hang in a minified page.
  await checkPages(site, ['vite'], hash, isolation);
}

async function train(command, args, cwd) {
  const printed = await run(command, args, { cwd });
  return JSON.parse(printed.trim().split('\n').at(-1));
}

async function checkKilled([command, args], hash, folder, name) {
  const given = [...args, join(folder, 'runs', name)];
  await killAt('waiting', command, [...given, 'wait'], folder);
  checkResumed(await train(command, given, folder), hash, name);
}

/** The backup of the last epoch may not have been whole when the program was killed: it then trains one more. */
function checkResumed(result, hash, name) {
  assert.equal(result.hash, hash, `${name}: ${JSON.stringify(result)}`);
  assert(result.epochs === 2 || result.epochs === 3, `${name} trained ${result.epochs} of 4 epochs`);
}

/** How long a page may train, in ms. */
const timeout = 120_000;

async function checkPages(site, bundlers, hash, headers = {}) {
  const visitPages = async (context, origin) => {
    for (const bundler of bundlers) {
      const visit = async (query) => {
        const page = await context.newPage();
        await page.goto(`${origin}/${bundler}/${query}`);
        await page.waitForFunction('globalThis.state !== undefined', undefined, { timeout, polling: 50 });
        const state = await page.evaluate('globalThis.state');
        assert.equal(await page.evaluate('crossOriginIsolated'), headers === isolation);
        await page.close();
        return state;
      };
      assert.equal(await visit('?wait'), 'waiting', `bundled by ${bundler}`);
      checkResumed(await visit(''), hash, `bundled by ${bundler}`);
    }
  };
  await inChromium(site, visitPages, headers);
}

const html = (script) =>
  `<!doctype html><meta charset="utf-8"><script type="module" src="${script}"></script>`;

async function byParcel(project, site) {
  const page = join(project, 'parcel.html');
  writeFileSync(page, html('./programs/page.mjs'));
  const where = ['--dist-dir', join(site, 'parcel'), '--public-url', './'];
  const cheap = ['--no-cache', '--no-source-maps', '--no-optimize'];
  await run(join(project, 'node_modules/.bin/parcel'), ['build', page, ...where, ...cheap], { cwd: project });
  cpSync(join(site, 'parcel/parcel.html'), join(site, 'parcel/index.html'));
}

/** Next writes static files, from pages whose program runs in the browser only. */
async function byNext(project) {
  const app = join(project, 'app');
  mkdirSync(app);
  writeFileSync(
    join(app, 'layout.js'),
    'export default ({ children }) => <html lang="en"><body>{children}</body></html>;\n',
  );
  writeFileSync(
    join(app, 'page.js'),
    `'use client';
import { useEffect } from 'react';
export default function Page() {
  useEffect(() => void import('../programs/page.mjs'), []);
  return null;
}
`,
  );
  const cheap = {
    turbopackFileSystemCacheForBuild: false,
    turbopackMinify: false,
    turbopackSourceMaps: false,
  };
  const config = { output: 'export', distDir: 'site/next', basePath: '/next', experimental: cheap };
  writeFileSync(join(project, 'next.config.mjs'), `export default ${JSON.stringify(config)};\n`);
  const env = { NEXT_TELEMETRY_DISABLED: '1' };
  await run(join(project, 'node_modules/.bin/next'), ['build'], { cwd: project, env });
}

/** What tfjs' CommonJS needs in an ES module; docs/getting-started.md names it. */
const banner = `import { createRequire } from 'node:module';
const require = createRequire(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname;`;

/** Resolves to the paths of the bundles by their names. */
async function bundleForNode(program, project, away) {
  const esm = join(away, 'esbuild.mjs');
  const form = { platform: 'node', format: 'esm', banner: { js: banner } };
  await esbuild.build({ ...form, bundle: true, entryPoints: [program], outfile: esm, logLevel: 'error' });
  const entry = join(project, 'programs/start.cjs');
  writeFileSync(entry, "import('./node.mjs');\n");
  const ncc = join(project, 'node_modules/.bin/ncc');
  await run(ncc, ['build', entry, '--out', join(away, 'ncc'), '--no-cache'], { cwd: project });
  return { esbuild: esm, ncc: join(away, 'ncc/index.cjs') };
}
