import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSafetensors } from '@keepfit/callbacks/checkpoint';
import { beforeAll, expect, test } from 'vitest';
import { readNaively } from '../../callbacks/test/format/naive-file.js';
import { flipBit, createFolder } from './helpers/folder.js';
import { keepfit } from './helpers/keepfit.js';
import { train } from './helpers/train.js';

const folder = createFolder();
const runs = join(folder, 'runs');
const backup = join(runs, 'backup.safetensors');

beforeAll(() => train(runs));

test('writes the weights by the names of the model, and nothing else', async () => {
  const file = join(folder, 'Model v2.safetensors');
  const { status, out } = await keepfit('export', runs, file);
  expect([status, out]).toEqual([0, expect.stringMatching(/→ .*Model v2\.safetensors, 4 tensors, \d/)]);
  const { tensors, order, metadata } = readNaively(new Uint8Array(readFileSync(file)));
  expect(order).toEqual(['hidden/bias', 'hidden/kernel', 'out/bias', 'out/kernel']);
  expect(metadata).toBeUndefined();
  const saved = readSafetensors(readFileSync(backup)).tensors;
  for (const [name, { bytes, shape }] of Object.entries(tensors)) {
    expect({ bytes, shape }).toEqual({
      bytes: saved.get(`weights/${name}`)!.bytes,
      shape: saved.get(`weights/${name}`)!.shape,
    });
  }
  expect(readSafetensors(readFileSync(file)).tensors.size).toBe(4);
});

test('of weights alone it writes the same file as of the training', async () => {
  const [a, b] = [join(folder, 'a.safetensors'), join(folder, 'b.safetensors')];
  await keepfit('export', runs, a);
  await keepfit('export', join(runs, 'models/epoch-2.safetensors'), b);
  expect(readFileSync(a)).toEqual(readFileSync(b));
});

test('with --all it writes every tensor by its name in the checkpoint, without checksums', async () => {
  const file = join(folder, 'all.safetensors');
  const { out } = await keepfit('export', runs, file, '--all', '--json');
  const { order } = readNaively(readFileSync(file));
  expect(order).toHaveLength(14);
  expect(order).toContain('optimizer/accBeta1');
  expect((JSON.parse(out) as { tensors: string[] }).tensors.sort()).toEqual([...order].sort());
});

test('replaces a file only when told to, and a checkpoint never', async () => {
  const file = join(folder, 'there.safetensors');
  writeFileSync(file, 'mine');
  const refused = await keepfit('export', runs, file);
  expect([refused.status, refused.err]).toEqual([
    2,
    expect.stringContaining('is there already; give --force'),
  ]);
  expect(readFileSync(file, 'utf8')).toBe('mine');
  expect((await keepfit('export', runs, file, '--force')).status).toBe(0);
  expect((await keepfit('export', runs, file, '--force')).status).toBe(0);
  const before = readFileSync(backup);
  const { status, err } = await keepfit(
    'export',
    join(runs, 'models/epoch-1.safetensors'),
    backup,
    '--force',
  );
  expect([status, err]).toEqual([
    2,
    expect.stringContaining('is a checkpoint, which an export does not replace'),
  ]);
  expect(readFileSync(backup)).toEqual(before);
});

test('an export over a folder is not told to use --force, which would not help', async () => {
  const { status, err } = await keepfit('export', runs, folder);
  expect([status, err]).toEqual([2, expect.stringContaining('is a folder; give a file in it')]);
});

test('leaves nothing behind where it cannot write, nor of a damaged checkpoint', async () => {
  const nowhere = await keepfit('export', runs, join(folder, 'no-such-folder/x.safetensors'));
  expect([nowhere.status, nowhere.err]).toEqual([
    2,
    expect.stringContaining('KEEPFIT_STORE_FAILED: could not write'),
  ]);
  const belowFile = await keepfit('export', runs, join(backup, 'x.safetensors'));
  expect([belowFile.status, belowFile.err]).toEqual([
    2,
    expect.stringMatching(/^keepfit: KEEPFIT_STORE_FAILED: could not write .*ENOTDIR[^\n]*\n$/),
  ]);
  const damaged = join(folder, 'damaged.safetensors');
  flipBit(backup, damaged, -100);
  const before = readdirSync(folder);
  expect((await keepfit('export', damaged, join(folder, 'y.safetensors'))).status).toBe(2);
  expect(readdirSync(folder)).toEqual(before);
});
