import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSafetensors } from '@keepfit/callbacks/checkpoint';
import { beforeAll, expect, test } from 'vitest';
import { flipBit, createFolder } from './helpers/folder.js';
import { keepfit } from './helpers/keepfit.js';
import { train } from './helpers/train.js';

const folder = createFolder();
const runs = join(folder, 'runs');
const backup = join(runs, 'backup.safetensors');
const broken = join(folder, 'broken.safetensors');

beforeAll(() => train(runs));

/** Writes the checkpoint with one bit of each of these tensors flipped. */
function damage(...names: string[]): void {
  const bytes = new Uint8Array(readFileSync(backup));
  const { tensors } = readSafetensors(bytes);
  for (const name of names) tensors.get(name)!.bytes[0]! ^= 1;
  writeFileSync(broken, bytes);
}

test('a good checkpoint, and a folder of good ones, give status 0', async () => {
  const { status, out } = await keepfit('verify', backup);
  expect([status, out]).toEqual([0, expect.stringMatching(/^good {2}.*backup\.safetensors {2}\d/)]);
  const models = await keepfit('verify', join(runs, 'models'));
  expect(models.status).toBe(0);
  expect(models.out.trim().split('\n')).toHaveLength(2);
});

test('each damaged tensor is named, with status 1', async () => {
  damage('weights/hidden/kernel', 'optimizer/accBeta1');
  const { status, out } = await keepfit('verify', broken, '--json');
  expect(status).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    checkpoints: [
      {
        file: broken,
        passed: false,
        problems: [
          'tensor "optimizer/accBeta1" does not agree with its checksum',
          'tensor "weights/hidden/kernel" does not agree with its checksum',
        ],
      },
    ],
  });
  const human = await keepfit('verify', broken);
  expect(human.out.split('\n').map((line) => line.split(/ {2,}/)[2])).toEqual([
    'tensor "optimizer/accBeta1" does not agree with its checksum',
    'tensor "weights/hidden/kernel" does not agree with its checksum',
    undefined,
  ]);
});

test('no single flipped bit passes', async () => {
  const { length } = readFileSync(backup);
  for (let place = 0; place < length; place += 29) {
    flipBit(backup, broken, place);
    expect((await keepfit('verify', broken)).status, `bit in byte ${place}`).toBe(1);
  }
});

test('no cut or longer file passes, nor one of another kind', async () => {
  const bytes = readFileSync(backup);
  const others = [
    bytes.subarray(0, -1),
    bytes.subarray(0, 20),
    Buffer.alloc(0),
    Buffer.concat([bytes, Buffer.alloc(1)]),
    Buffer.from('a text'),
  ];
  for (const other of others) {
    writeFileSync(broken, other);
    const { status, out } = await keepfit('verify', broken);
    expect(status).toBe(1);
    expect(out).toMatch(/^bad {3}.*KEEPFIT_CHECKPOINT_CORRUPT: [^\n]+\n$/);
  }
});

test('one bad checkpoint among good ones gives status 1, and all are checked', async () => {
  const several = join(folder, 'several');
  mkdirSync(several);
  for (const name of ['a', 'c']) writeFileSync(join(several, `${name}.safetensors`), readFileSync(backup));
  flipBit(backup, join(several, 'b.safetensors'), -40);
  const { status, out } = await keepfit('verify', several);
  expect(status).toBe(1);
  expect(
    out
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0]),
  ).toEqual(['good', 'bad', 'good']);
  expect((await keepfit('verify', several, 'c')).status).toBe(0);
});
