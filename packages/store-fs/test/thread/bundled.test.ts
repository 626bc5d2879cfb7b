import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build, type BuildOptions } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countFunctions } from '../helpers/count-functions.js';

const onPosix = test.skipIf(process.platform === 'win32');

/** Stores three checkpoints under a lock, each on the condition of the one before. Prints what happened. */
const PROGRAM = `
import { createContent, createNumberedBytes } from '@keepfit/callbacks/testing';
import { fsStore } from '@keepfit/store-fs';

const main = async () => {
  let [threads, version] = [0, null];
  process.on('worker', () => (threads += 1));
  const store = fsStore(process.argv.at(-1));
  const lock = await store.lock('backup');
  for (const number of [1, 2, 3])
    version = await store.set('backup', createContent(createNumberedBytes(number), 90_000), { replaces: version });
  const found = await store.get('backup');
  await lock.release();
  const isSame = found.version === version && Buffer.compare(found.bytes, createNumberedBytes(3)) === 0;
  console.log(JSON.stringify({ isSame, threads, calls: globalThis.__coverage__?.calls > 100 }));
};
main();
`;

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keepfit-bundled-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Bundles the program into one file and runs it. */
async function run(
  name: string,
  options: BuildOptions,
  { flags = [], env = {} }: { flags?: string[]; env?: Record<string, string> } = {},
): Promise<{ printed: unknown; warned: string }> {
  const file = join(folder, name);
  await build({
    stdin: { contents: PROGRAM, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    conditions: ['keepfit:source'],
    platform: 'node',
    bundle: true,
    outfile: file,
    logLevel: 'silent',
    ...options,
  });
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...flags, file, `${file}-runs`], {
    env: { ...process.env, ...env },
  });
  return { printed: JSON.parse(stdout), warned: stderr };
}

const inThread = { printed: { isSame: true, threads: 1, calls: false }, warned: '' };

onPosix.each<[string, string, BuildOptions]>([
  ['a CommonJS bundle, minified, with the names of functions', 'a.cjs', { keepNames: true, minify: true }],
  ['an ES module, minified', 'b.mjs', { format: 'esm', minify: true }],
])('%s writes in the thread', async (_what, name, options) => {
  expect(await run(name, options)).toEqual(inThread);
});

onPosix('a store whose functions were rewritten to count their calls writes in the thread', async () => {
  expect(await run('c.cjs', { plugins: [countFunctions] })).toEqual({
    ...inThread,
    printed: { isSame: true, threads: 1, calls: true },
  });
});

onPosix(
  'a store in a sandbox with its own globals, as test runners make them, writes in the thread',
  async () => {
    const sandbox = join(folder, 'sandbox.cjs');
    await writeFile(
      sandbox,
      `const context = { require, process, console, Buffer, setImmediate, setTimeout, clearTimeout };
Object.assign(context, { TextEncoder, TextDecoder, URL, MessageChannel, AbortController, global: context });
const { runInNewContext } = require('node:vm');
runInNewContext(require('node:fs').readFileSync(process.argv[2], 'utf8'), context);`,
    );
    expect(await run('f.cjs', {}, { flags: [sandbox] })).toEqual(inThread);
  },
);

onPosix('the thread loads nothing that the process preloads', async () => {
  const preloaded = join(folder, 'preloaded.cjs');
  const loads = join(folder, 'loads.txt');
  await writeFile(
    preloaded,
    `require('node:fs').appendFileSync(${JSON.stringify(loads)}, require('node:worker_threads').isMainThread + '\\n');`,
  );
  const env = { NODE_OPTIONS: `--require ${preloaded}` };
  expect(await run('d.cjs', {}, { flags: ['--require', preloaded], env })).toEqual(inThread);
  expect(await readFile(loads, 'utf8')).not.toContain('false');
});

// In the place of Node's permission model, which forbids `fsync` too from Node 26 on.
onPosix('if Node may not start threads, the program writes without one, and says so once', async () => {
  const forbids = join(folder, 'forbids.cjs');
  await writeFile(
    forbids,
    `require('node:worker_threads').Worker = class { constructor() { throw new Error('no threads here'); } };`,
  );
  const { printed, warned } = await run('e.cjs', {}, { flags: ['--require', forbids] });
  expect(printed).toEqual({ isSame: true, threads: 0, calls: false });
  expect(warned.trim().split('\n')).toEqual([
    expect.stringMatching(/^keepfit: the thread .* cannot start \(no threads here\)/),
  ]);
});
