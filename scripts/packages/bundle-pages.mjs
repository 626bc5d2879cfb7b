// Bundles the page of scripts/packed/bundlers by four bundlers, into folders of their names. It blocks its thread for
// seconds, so it is a program: beside it, other checks must react to their processes.
// Arguments: the folder of a project with the packages, the bundlers and `programs`, and the folder of the site.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The same esbuild that builds the packages. */
const esbuild = createRequire(import.meta.resolve('tsup'))('esbuild');

const html = (script) =>
  `<!doctype html><meta charset="utf-8"><script type="module" src="${script}"></script>`;

function byEsbuild(page, outdir) {
  const options = { bundle: true, splitting: true, minify: true, format: 'esm', logLevel: 'error' };
  return esbuild
    .build({ ...options, entryPoints: [page], outdir })
    .then(() => writeFileSync(join(outdir, 'index.html'), html('./page.js')));
}

async function byVite(project, outDir) {
  const { build } = await import('vite');
  const page = join(project, 'index.html');
  writeFileSync(page, html('./programs/page.mjs'));
  await build({
    root: project,
    base: './',
    configFile: false,
    logLevel: 'error',
    build: { outDir, target: 'es2022', chunkSizeWarningLimit: Infinity, rolldownOptions: { input: page } },
  });
}

async function byWebpack(page, project, path) {
  const webpack = createRequire(join(project, 'package.json'))('webpack');
  const output = { path, filename: 'page.js', publicPath: 'auto' };
  // Its production mode takes two minutes of a core.
  const stats = await promisify(webpack)({ mode: 'development', devtool: false, entry: page, output });
  assert(!stats.hasErrors(), stats.toString({ all: false, errors: true }));
  writeFileSync(join(path, 'index.html'), html('./page.js'));
}

async function byRollup(input, project, dir) {
  const load = createRequire(join(project, 'package.json'));
  const { rollup } = load('rollup');
  const { nodeResolve } = load('@rollup/plugin-node-resolve');
  const commonjs = load('@rollup/plugin-commonjs');
  const plugins = [nodeResolve({ browser: true }), commonjs()];
  const bundle = await rollup({ input, plugins, logLevel: 'silent' });
  await bundle.write({ dir, format: 'es' });
  await bundle.close();
  writeFileSync(join(dir, 'index.html'), html('./page.js'));
}

const [, , project, site] = process.argv;
const page = join(project, 'programs/page.mjs');
await byEsbuild(page, join(site, 'esbuild'));
await byVite(project, join(site, 'vite'));
await byWebpack(page, project, join(site, 'webpack'));
await byRollup(page, project, join(site, 'rollup'));
