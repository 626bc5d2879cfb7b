// Bundles the page of scripts/packed/bundlers by four bundlers, into folders of their names. It blocks its thread for
// seconds, so it is a program: beside it, other checks must react to their processes.
// Arguments: the folder of a project with the packages, the bundlers and `programs`, and the folder of the site.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { bundleByVite, bundleByWebpack, html } from './bundle-page.mjs';

/** The same esbuild that builds the packages. */
const esbuild = createRequire(import.meta.resolve('tsup'))('esbuild');

function byEsbuild(page, outdir) {
  const options = { bundle: true, splitting: true, minify: true, format: 'esm', logLevel: 'error' };
  return esbuild
    .build({ ...options, entryPoints: [page], outdir })
    .then(() => writeFileSync(join(outdir, 'index.html'), html('./page.js')));
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
await bundleByVite(project, 'programs/page.mjs', join(site, 'vite'));
await bundleByWebpack(page, project, join(site, 'webpack'));
await byRollup(page, project, join(site, 'rollup'));
