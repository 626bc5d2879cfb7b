import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { install } from './install.mjs';
import { run } from './run.mjs';

/** The same esbuild that builds the packages. */
const esbuild = createRequire(import.meta.resolve('tsup'))('esbuild');

const needed = [
  '@keepfit/callbacks',
  '@keepfit/optimizers',
  '@keepfit/fit',
  '@keepfit/store-fs',
  '@keepfit/backend-cpu',
];

/**
 * Checks, with tfjs-core and one backend but no tfjs-layers, that an interrupted training ends with the bytes
 * of an uninterrupted one.
 */
export async function checkTraining(root, tarballs, folder) {
  const tfjs = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies[
    '@tensorflow/tfjs-core'
  ];
  const ours = tarballs.filter(({ name }) => needed.includes(name)).map(({ tarball }) => tarball);
  await install(folder, [...ours, `@tensorflow/tfjs-core@${tfjs}`, `@tensorflow/tfjs-backend-cpu@${tfjs}`]);
  assert(
    !existsSync(join(folder, 'node_modules/@tensorflow/tfjs-layers')),
    'tfjs-layers was installed too: the test would prove nothing',
  );
  for (const file of ['train.cjs', 'main.mjs', 'main.cjs'])
    cpSync(join(root, 'scripts/packed', file), join(folder, file));
  await bundle(root, folder);
  await bundleWithNames(folder);

  const results = [];
  for (const main of ['main.mjs', 'main.cjs', 'bundle/main.mjs', 'bundle/main.cjs'])
    results.push(await crashAndResume(folder, main));
  for (const result of results)
    assert.deepEqual(result, results[0], 'ESM, CommonJS and a bundle come to different weights');
}

async function crashAndResume(folder, main) {
  const store = join(folder, 'runs', main.replace(/\W/g, '-'));
  const train = async (part) => JSON.parse(await run(process.execPath, [main, part, store], { cwd: folder }));
  const whole = await train('whole');
  assert.deepEqual(whole.epochs, [0, 1, 2, 3]);
  assert.deepEqual(await train('crash'), {
    part: 'crash',
    code: 'KEEPFIT_HOOK_FAILED',
    cause: 'pulled the plug',
  });
  assert(existsSync(join(store, 'backup.safetensors')), 'the crash left no backup');
  const resumed = await train('resume');
  assert.deepEqual({ ...resumed, part: 'whole' }, whole, `${main}: the resumed training differs`);
  assert(!existsSync(join(store, 'backup.safetensors')), 'the finished training left its backup');
  return whole;
}

/** Bundles everything into one file with Vite. It drops unused code, but the gradients must stay. */
async function bundle(root, folder) {
  const { build } = await import('vite');
  const input = join(folder, 'main.mjs');
  rmSync(join(folder, 'bundle'), { recursive: true, force: true });
  mkdirSync(join(folder, 'bundle'));
  await build({
    root: folder,
    configFile: false,
    logLevel: 'warn',
    ssr: { noExternal: true },
    build: {
      ssr: true,
      outDir: 'bundle',
      minify: false,
      rollupOptions: { input, output: { entryFileNames: '[name].mjs' } },
    },
  });
}

/**
 * Bundles everything into one file with esbuild. To keep names, it inserts calls into all functions. A thread
 * that cannot start would print a warning.
 */
async function bundleWithNames(folder) {
  await esbuild.build({
    entryPoints: [join(folder, 'main.cjs')],
    outfile: join(folder, 'bundle/main.cjs'),
    platform: 'node',
    bundle: true,
    minify: true,
    keepNames: true,
    logLevel: 'warning',
  });
}
