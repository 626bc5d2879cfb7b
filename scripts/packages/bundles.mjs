import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { inChromium } from './in-chromium.mjs';
import { run } from './run.mjs';

/** The same esbuild that builds the packages. */
const esbuild = createRequire(import.meta.resolve('tsup'))('esbuild');

/**
 * Bundles each package alone, with its tfjs, by esbuild and by Vite: for a browser, or for Node if it needs
 * Node. Then it loads the bundle there and compares the names of its exports with those in Node.
 * @param project the folder of a project with all packages installed
 */
export async function checkBundles(packages, project) {
  const folder = join(project, 'bundles');
  mkdirSync(folder);
  writeFileSync(join(folder, 'index.html'), '<!doctype html><meta charset="utf-8">');
  const bundled = [];
  for (const { name, platform } of packages) {
    const entry = join(project, `entry-${bundled.length}.mjs`);
    writeFileSync(entry, `export * from '${name}';\n`);
    for (const [bundler, bundle] of Object.entries({ esbuild: byEsbuild, vite: byVite })) {
      const path = `${bundled.length}-${bundler}`;
      const file = await bundle(entry, join(folder, path), platform).catch((cause) => {
        throw new Error(`${bundler} does not bundle ${name}`, { cause });
      });
      bundled.push({ name, bundler, platform, path: `${path}/${file}` });
    }
  }
  const expected = await listExports(
    project,
    packages.map(({ name }) => name),
  );
  for (const { name, path, bundler } of bundled.filter(({ platform }) => platform === 'node')) {
    const file = join(folder, path);
    assert.deepEqual(
      (await listExports(project, [file]))[file],
      expected[name],
      `${name}, bundled by ${bundler}, has other exports`,
    );
  }
  await inChromium(folder, async (context, origin) => {
    const page = await context.newPage();
    await page.goto(origin);
    for (const { name, path, bundler } of bundled.filter(({ platform }) => platform === 'browser')) {
      const names = await page.evaluate(
        async (address) => Object.keys(await import(address)).sort(),
        `/${path}`,
      );
      assert.deepEqual(names, expected[name], `${name}, bundled by ${bundler}, has other exports`);
    }
  });
}

/**
 * Checks that bundlers drop a package that is imported but not used, even a bundler that ignores
 * `sideEffects`.
 */
export async function checkTreeShaking(packages, project) {
  for (const { name } of packages) {
    const input = join(project, 'node_modules', name, 'dist/index.js');
    const treeshake = { moduleSideEffects: 'no-external', propertyReadSideEffects: false };
    const { output } = await viteBuild({
      root: project,
      build: {
        write: false,
        target: 'es2022',
        rolldownOptions: { input, treeshake, external: (id) => !/^[./]/.test(id) && id !== input },
      },
    });
    assert.equal(
      output[0].code.replace(/^import *"[^"]+";?\n?/gm, ''),
      '',
      `${name} does something when it is imported`,
    );
  }
}

/** How many bytes more the names of `keepfit` may cost a page than those of the packages that they are from. */
const MOST_ADDED = 100;

/** Checks that a page pays for what it imports from `keepfit`, and not for the rest of it. */
export async function checkAdded(project) {
  const added =
    (await sizeOf("export { BackupAndRestore, fit, useBackend } from 'keepfit';", project)) -
    (await sizeOf(
      "export { BackupAndRestore } from '@keepfit/callbacks'; export { useBackend } from '@keepfit/fit'; export { fit } from '@keepfit/layers';",
      project,
    ));
  assert(added <= MOST_ADDED, `keepfit adds ${added} bytes to what a page imports, at most ${MOST_ADDED}`);
}

/** The bytes of all files of a page, minified, without tfjs. */
async function sizeOf(contents, project) {
  const { outputFiles } = await esbuild.build({
    stdin: { contents, resolveDir: project },
    outdir: project,
    write: false,
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    external: ['@tensorflow/*'],
    logLevel: 'silent',
  });
  return outputFiles.reduce((bytes, file) => bytes + file.contents.byteLength, 0);
}

/** It loads an addon, which no bundler can bundle. */
const external = ['@tensorflow/tfjs-node'];

/**
 * Bundles for Node as CommonJS because esbuild's ESM output has no require. Resolves to the name of the file.
 */
async function byEsbuild(entry, folder, platform) {
  const form =
    platform === 'node'
      ? { format: 'cjs', outExtension: { '.js': '.cjs' }, external }
      : { format: 'esm', splitting: true };
  const common = { ...form, bundle: true, target: 'es2022', minify: true, logLevel: 'silent' };
  const { warnings } = await esbuild.build({
    ...common,
    platform,
    entryPoints: { main: entry },
    outdir: folder,
  });
  assert.deepEqual(
    warnings.filter(({ location }) => location?.file.includes('keepfit')),
    [],
  );
  return platform === 'node' ? 'main.cjs' : 'main.js';
}

async function byVite(entry, folder, platform) {
  const forNode = platform === 'node' ? { ssr: { noExternal: true, target: 'node' } } : {};
  await viteBuild({
    ...forNode,
    root: join(folder, '..', '..'),
    base: './',
    build: {
      ...(platform === 'node' ? { ssr: entry } : {}),
      ...{ outDir: folder, target: 'es2022', modulePreload: false },
      rolldownOptions: {
        input: entry,
        ...(platform === 'node' ? { external } : {}),
        preserveEntrySignatures: 'strict',
        output: { entryFileNames: 'main.js' },
      },
    },
  });
  return 'main.js';
}

/** Builds, and fails if Vite warns about our packages. */
async function viteBuild(options) {
  const { build, createLogger } = await import('vite');
  const warnings = [];
  const warn = (text) => warnings.push(text);
  const customLogger = { ...createLogger('silent'), warn, warnOnce: warn };
  const result = await build({ ...options, configFile: false, logLevel: 'silent', customLogger });
  assert.deepEqual(
    warnings.filter((text) => text.includes('keepfit')),
    [],
  );
  return result;
}

/** Lists the sorted names of the exports of each module, in a separate Node. */
async function listExports(project, modules) {
  const program = `const all = {};
const load = (name) => (name.endsWith('.cjs') ? process.getBuiltinModule('node:module').createRequire(name)(name) : import(name));
for (const name of ${JSON.stringify(modules)}) all[name] = Object.keys(await load(name)).sort();
console.log(JSON.stringify(all));`;
  const printed = await run(process.execPath, ['--no-warnings', '--input-type=module', '--eval', program], {
    cwd: project,
  });
  return JSON.parse(printed.trim().split('\n').at(-1));
}
