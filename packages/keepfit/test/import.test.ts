import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { cpuBackend } from '@keepfit/backend-cpu';
import { seeded, useBackend } from '@keepfit/fit';
import { importWeights } from '@keepfit/layers';
import { expect, test } from 'vitest';
import {
  getDistance,
  models,
  predictRecorded,
  readKerasFile,
  recorded,
} from '../../layers/test/helpers/keras-files.js';
import { programFile } from '../../../test/programs/program-file.js';
import { runCommand } from '../src/commands/run-command.js';
import { createFolder } from './helpers/folder.js';
import { keepfit, type Ran } from './helpers/keepfit.js';
import { zip } from './helpers/zip.js';

const folder = createFolder();
let count = 0;

/** Runs the command on these bytes. */
async function importBytes(bytes: Uint8Array): Promise<Ran> {
  const path = join(folder, `${count++}`);
  writeFileSync(path, bytes);
  return keepfit('import', path, '--out', `${path}.safetensors`);
}

test('the weights of a Keras file predict in tfjs-layers as in Keras', async () => {
  await useBackend(cpuBackend());
  const [path, out] = [join(folder, 'plain.keras'), join(folder, 'plain.safetensors')];
  writeFileSync(path, readKerasFile('plain.keras'));
  const ran = await keepfit('import', path, '--out', out, '--json');
  expect(ran).toMatchObject({ status: 0, err: '' });
  expect(JSON.parse(ran.out)).toMatchObject({ from: path, to: out, weights: recorded['plain']!.paths });
  const built = seeded(3, () => models['plain']!());
  await importWeights(built, readFileSync(out));
  expect(getDistance(predictRecorded(built, recorded['plain']!), recorded['plain']!.y)).toBeLessThan(1e-5);
});

test('replaces a file only on request, and never the one that it reads', async () => {
  const [path, out] = [join(folder, 'plain2.keras'), join(folder, 'plain2.safetensors')];
  writeFileSync(path, readKerasFile('plain.keras'));
  writeFileSync(out, 'older');
  expect((await keepfit('import', path, '--out', out)).err).toContain('is there already; give --force');
  expect((await keepfit('import', path, '--out', out, '--force')).out).toMatch(/→ .*, 9 weights, 1\.3 kB\n$/);
  symlinkSync(folder, join(folder, 'link'), 'junction');
  for (const same of [path, join(folder, 'link/plain2.keras')])
    expect((await keepfit('import', path, '--out', same, '--force')).err).toContain('is the file to import');
  expect(readFileSync(path)).toEqual(Buffer.from(readKerasFile('plain.keras')));
  const nowhere = join(folder, 'nowhere/x');
  expect((await keepfit('import', path, '--out', nowhere)).err).toContain(
    `could not write ${nowhere}: ENOENT`,
  );
  expect((await keepfit('import', path, '--out', folder, '--force')).err).toContain('is a folder');
  for (const none of ['', join(folder, 'new/')])
    expect((await keepfit('import', path, '--out', none)).err).toContain('names no file');
  expect((await keepfit('import', path)).err).toContain("required option '--out <file>' not specified");
});

test('says what a file is that Keras did not write', async () => {
  const nowhere = await keepfit('import', join(folder, 'nowhere.keras'), '--out', join(folder, 'x'));
  expect(nowhere.err).toMatch(
    /KEEPFIT_STORE_FAILED: could not read .*: there is no such file or folder; give a file that Keras saved/,
  );
  const empty = await importBytes(new Uint8Array());
  const other = await importBytes(new TextEncoder().encode('weights'));
  for (const { status, err } of [empty, other])
    expect([status, err]).toEqual([
      2,
      expect.stringContaining('neither as an HDF5 file nor as a ZIP archive'),
    ]);
  const large = join(folder, 'large.h5');
  writeFileSync(large, '\x89HDF\r\n\x1a\n', 'latin1');
  truncateSync(large, 2 ** 31 + 1);
  expect((await keepfit('import', large, '--out', join(folder, 'x'))).err).toContain(
    'KEEPFIT_INVALID_DATA: the HDF5 file has 2147483649 bytes, and at most 2147483648 can be read',
  );
  const photo = await importBytes(zip(0, { name: 'photo.jpg', content: new Uint8Array(9) }));
  expect(photo.err).toContain('KEEPFIT_INVALID_DATA: the archive has no model.weights.h5');
});

test('finds that it cannot write before it reads, and keeps what is there if it cannot read', async () => {
  const missing = join(folder, 'missing.keras');
  for (const [out, code] of [
    [join(folder, 'nowhere/x'), 'ENOENT'],
    [join(folder, 'n'.repeat(300)), 'ENAMETOOLONG'],
  ] as const)
    expect((await keepfit('import', missing, '--out', out)).err).toContain(`could not write ${out}: ${code}`);
  const out = join(folder, 'kept');
  writeFileSync(out, 'older');
  expect((await keepfit('import', missing, '--out', out, '--force')).err).toContain('no such file');
  expect(readFileSync(out, 'utf8')).toBe('older');
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('refuses a part of weights that Keras split, and their index', async () => {
  const files = ['split_00000.weights.h5', 'split_00001.weights.h5'];
  for (const name of files) writeFileSync(join(folder, name), readKerasFile('plain.weights.h5'));
  const index = join(folder, 'split.weights.json');
  const importFile = async (path: string) =>
    (await keepfit('import', path, '--out', `${path}.out`, '--force')).err;
  const part = join(folder, files[0]!);
  expect(await importFile(part)).toBe('');
  writeFileSync(index, JSON.stringify({ weight_map: { '/layers/dense/vars': files } }));
  const advice = 'save them in one file: model.save_weights("….weights.h5")';
  const parts = 'is one of 2 files with the weights of a model';
  expect(await importFile(part)).toBe(`keepfit: KEEPFIT_INVALID_DATA: ${part} ${parts}; ${advice}\n`);
  expect(await importFile(index)).toContain('the file is JSON');
  expect((await importBytes(readKerasFile('plain.safetensors'))).err).toContain('as a safetensors file');
});

test('refuses a damaged file with one line and without a rest', async () => {
  const bytes = readKerasFile('plain.h5');
  const { status, err } = await importBytes(bytes.subarray(0, bytes.length - 9));
  expect([status, err]).toEqual([
    2,
    expect.stringMatching(/^keepfit: KEEPFIT_CHECKPOINT_CORRUPT: [^\n]*\n$/),
  ]);
  expect(existsSync(join(folder, `${count - 1}.safetensors`))).toBe(false);
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('says how far it is if it takes more than a second', async () => {
  const path = join(folder, 'slow.keras');
  writeFileSync(path, readKerasFile('plain.keras'));
  let [now, err] = [0, ''];
  const status = await runCommand(['import', path, '--out', `${path}.safetensors`], '1.2.3', {
    print: () => undefined,
    printError: (line) => void (err += line),
    hasColours: false,
    now: () => (now += 400),
  });
  expect([status, err]).toEqual([0, 'keepfit: read 4 of 6 layers\n']);
});

test('takes h5wasm from the project in which it runs, and says how to install it', async () => {
  const project = join(folder, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'plain.h5'), readKerasFile('plain.h5'));
  const run = async () => {
    const main = programFile('packages/keepfit/src/main.ts');
    const args = [main, 'import', 'plain.h5', '--out', 'plain.safetensors'];
    const child = spawn(process.execPath, args, {
      cwd: project,
      // Package managers let their scripts find what other packages installed.
      env: { ...process.env, NODE_PATH: '' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const [[status], err] = await Promise.all([once(child, 'exit'), text(child.stderr)]);
    return [status, err] as const;
  };
  expect(await run()).toEqual([
    2,
    'keepfit: KEEPFIT_INVALID_OPTION: files of Keras are read with the package h5wasm, which cannot be loaded: it is not installed; ' +
      'run "npm install h5wasm" in your project, or "npx --package=keepfit --package=h5wasm keepfit import …"\n',
  ]);
  mkdirSync(join(project, 'node_modules'));
  const installed = fileURLToPath(new URL('../node_modules/h5wasm', import.meta.url));
  symlinkSync(installed, join(project, 'node_modules/h5wasm'), 'junction');
  expect(await run()).toEqual([0, '']);
});
