import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A page that loads one script. */
export const html = (script) =>
  `<!doctype html><meta charset="utf-8"><script type="module" src="${script}"></script>`;

/** @param program relative to the folder of the project */
export async function bundleByVite(project, program, outDir) {
  const { build } = await import('vite');
  const page = join(project, 'index.html');
  writeFileSync(page, html(`./${program}`));
  await build({
    root: project,
    base: './',
    configFile: false,
    logLevel: 'error',
    build: { outDir, target: 'es2022', chunkSizeWarningLimit: Infinity, rolldownOptions: { input: page } },
  });
}

/** @param tools the folder of a project in which webpack is installed */
export async function bundleByWebpack(entry, tools, path) {
  const webpack = createRequire(join(tools, 'package.json'))('webpack');
  const output = { path, filename: 'page.js', publicPath: 'auto' };
  // Its production mode takes two minutes of a core.
  const stats = await promisify(webpack)({ mode: 'development', devtool: false, entry, output });
  assert(!stats.hasErrors(), stats.toString({ all: false, errors: true }));
  writeFileSync(join(path, 'index.html'), html('./page.js'));
}
