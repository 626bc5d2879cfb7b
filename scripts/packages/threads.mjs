import assert from 'node:assert/strict';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { bundleByVite, bundleByWebpack, html } from './bundle-page.mjs';
import { inChromium } from './in-chromium.mjs';
import { run } from './run.mjs';
import { isolation } from './serve.mjs';

/** The same esbuild that builds the packages. */
const esbuild = createRequire(import.meta.resolve('tsup'))('esbuild');

/**
 * Trains with two workers and on one thread, and compares the bits: in Node, as ESM and as CommonJS, in Bun and in
 * Deno; in pages bundled by Vite and webpack, which find the worker by themselves, and by esbuild, to which the page
 * names it. The last page shares memory.
 *
 * @param project the folder of a project with all packages installed
 * @param tools the folder of another project, in which Bun, Deno and webpack are installed
 */
export async function checkThreads(root, project, tools) {
  const programs = join(project, 'threads');
  cpSync(join(root, 'scripts/packed/threads'), programs, { recursive: true });
  const site = join(project, 'threads-site');
  mkdirSync(site);
  await Promise.all([
    ...['main.mjs', 'main.cjs'].map(async (program) => {
      const printed = await run(process.execPath, [join(programs, program)], { cwd: project });
      assert.match(printed, /^same$/m, `${program}: ${printed}`);
    }),
    ...Object.entries(runtimes).map(async ([name, args]) => {
      const runtime = join(tools, 'node_modules/.bin', name);
      const printed = await run(runtime, [...args, join(programs, 'main.mjs')], { cwd: project });
      assert.match(printed, /^same$/m, `${name}: ${printed}`);
    }),
    bundleByWebpack(join(programs, 'page.mjs'), tools, join(site, 'webpack')),
    bundleByVite(project, 'threads/page.mjs', join(site, 'vite')),
    bundleByEsbuild(programs, join(site, 'esbuild')),
  ]);
  await inChromium(site, async (context, origin) => {
    await context.route('**/esbuild/**', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, headers: { ...response.headers(), ...isolation } });
    });
    for (const bundler of ['vite', 'webpack', 'esbuild']) {
      const page = await context.newPage();
      await page.goto(`${origin}/${bundler}/`);
      await page.waitForFunction('globalThis.compared !== undefined', undefined, { polling: 50 });
      assert.equal(await page.evaluate('globalThis.compared'), 'same', `bundled by ${bundler}`);
      assert.equal(await page.evaluate('crossOriginIsolated'), bundler === 'esbuild');
      await page.close();
    }
  });
}

/** What runs besides Node, with what it is given before the program. */
const runtimes = { bun: [], deno: ['run', '--allow-all'] };

async function bundleByEsbuild(programs, outdir) {
  await esbuild.build({
    entryPoints: { page: join(programs, 'page-with-worker.mjs'), worker: join(programs, 'worker.mjs') },
    outdir,
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    logLevel: 'error',
  });
  writeFileSync(join(outdir, 'index.html'), html('./page.js'));
}
