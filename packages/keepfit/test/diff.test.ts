import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { flipBit, createFolder } from './helpers/folder.js';
import { keepfit } from './helpers/keepfit.js';
import { train } from './helpers/train.js';

const folder = createFolder();
const [first, same, other, longer] = ['first', 'same', 'other', 'longer'].map((name) =>
  join(folder, name),
) as [string, string, string, string];

beforeAll(async () => {
  await train(first);
  await train(same);
  await train(other, { init: 2 });
  cpSync(first, longer, { recursive: true });
  await train(longer, { epochs: 3 });
});

interface Printed {
  same: boolean;
  tensorCount: number;
  tensors: {
    name: string;
    a: object | null;
    b: object | null;
    values: { items: number; maxAbs: number; maxUlp: number } | null;
  }[];
  state: { item: string; a?: unknown; b?: unknown }[];
}

async function diff(a: string, b: string): Promise<Printed> {
  return JSON.parse((await keepfit('diff', a, b, '--json')).out) as Printed;
}

test('two runs of one seed are the same, bit for bit, with status 0', async () => {
  expect(await keepfit('diff', first, same)).toEqual({
    status: 0,
    out: 'the same: 14 tensors and the state, bit for bit\n',
    err: '',
  });
  expect(await diff(first, same)).toMatchObject({ same: true, tensors: [], state: [] });
});

test('runs from other weights differ, with status 1: which tensors, how many items, by how much', async () => {
  const { status, out } = await keepfit('diff', first, other);
  expect(status).toBe(1);
  expect(out).toMatch(/^tensors: \d+ of 14 differ\n/);
  expect(out).toMatch(
    /weights\/hidden\/kernel +float32 \[2, 3\] +6 of 6 +largest [\d.]+ at \[\d, \d\], relative [\d.]+, \d+ ulp/,
  );
  expect(out).toMatch(/state: \d+ values differ/);
  const { tensors } = await diff(first, other);
  expect(tensors.map(({ name }) => name)).toContain('weights/out/kernel');
  // These depend on nothing but the number of steps.
  expect(tensors.map(({ name }) => name)).not.toContain('optimizer/accBeta1');
});

test('a run that was continued stands further, and says so', async () => {
  const { state } = await diff(first, longer);
  expect(state).toContainEqual({ item: 'progress.step', a: 6, b: 9 });
  expect((await keepfit('diff', first, longer)).out).toMatch(/progress\.step +6 +→ +9/);
});

test('weights alone are compared with a training: what only one has is named', async () => {
  const { tensors, state } = await diff(
    join(first, 'backup.safetensors'),
    join(first, 'models/epoch-2.safetensors'),
  );
  expect(tensors.find(({ name }) => name.startsWith('weights/'))).toBeUndefined();
  expect(tensors.find(({ name }) => name === 'optimizer/accBeta1')).toMatchObject({
    a: { dtype: 'float32', shape: [] },
    b: null,
    values: null,
  });
  expect(state).toContainEqual({ item: 'content', b: 'weights' });
});

test('a folder of several is too many, and a damaged file is not compared, with status 2', async () => {
  const several = await keepfit('diff', join(first, 'models'), first);
  expect(several.status).toBe(2);
  expect(several.err).toContain('holds several checkpoints (epoch-1, epoch-2); give one');
  const damaged = join(folder, 'damaged.safetensors');
  flipBit(join(first, 'backup.safetensors'), damaged, -100);
  const { status, err } = await keepfit('diff', damaged, first);
  expect(status).toBe(2);
  expect(err).toMatch(/^keepfit: KEEPFIT_CHECKPOINT_CORRUPT: .*damaged\.safetensors: [^\n]*\n$/);
});
