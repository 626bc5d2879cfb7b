import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fsStore } from '@keepfit/store-fs';
import { beforeAll, expect, test } from 'vitest';
import { flipBit, createFolder } from './helpers/folder.js';
import { keepfit } from './helpers/keepfit.js';
import { train } from './helpers/train.js';

const folder = createFolder();
const runs = join(folder, 'runs');
const backup = join(runs, 'backup.safetensors');

beforeAll(() => train(runs));

test('copies a checkpoint into a folder, under its name, byte for byte', async () => {
  const to = join(folder, 'copies/deep');
  const { status, out } = await keepfit('copy', runs, to);
  expect([status, out]).toEqual([0, expect.stringMatching(/backup\.safetensors → .*deep, as backup, \d/)]);
  expect(readFileSync(join(to, 'backup.safetensors'))).toEqual(readFileSync(backup));
  expect(readdirSync(to)).toEqual(['backup.safetensors']);
});

test('copies to a file of another name', async () => {
  const { status } = await keepfit('copy', backup, join(folder, 'kept/before-tuning.safetensors'));
  expect(status).toBe(0);
  expect(await fsStore(join(folder, 'kept')).keys()).toEqual(['before-tuning']);
});

test('copies all of a folder, or the one that is named', async () => {
  const [all, one] = [join(folder, 'all'), join(folder, 'one')];
  await keepfit('copy', join(runs, 'models'), all);
  expect((await fsStore(all).keys()).sort()).toEqual(['epoch-1', 'epoch-2']);
  const { out } = await keepfit(
    'copy',
    join(runs, 'models'),
    join(one, 'last.safetensors'),
    '--name',
    'epoch-2',
    '--json',
  );
  expect(await fsStore(one).keys()).toEqual(['last']);
  expect(JSON.parse(out)).toMatchObject({ copied: [{ folder: one, name: 'last' }] });
});

test('replaces nothing unless told to', async () => {
  const to = join(folder, 'there');
  await keepfit('copy', join(runs, 'models/epoch-1.safetensors'), join(to, 'best.safetensors'));
  const before = readFileSync(join(to, 'best.safetensors'));
  const refused = await keepfit('copy', backup, join(to, 'best.safetensors'));
  expect(refused.status).toBe(2);
  expect(refused.err).toContain('holds a checkpoint "best" already; give --force');
  expect(readFileSync(join(to, 'best.safetensors'))).toEqual(before);
  expect((await keepfit('copy', backup, join(to, 'best.safetensors'), '--force')).status).toBe(0);
  expect(readFileSync(join(to, 'best.safetensors'))).toEqual(readFileSync(backup));
});

test.each(['backup', 'backup.2'])(
  'does not touch %s of a training that runs, not even when told to',
  async (name) => {
    const to = join(folder, `running-${name}`);
    mkdirSync(to);
    const target = join(to, `${name}.safetensors`);
    writeFileSync(target, 'the training writes here');
    const lock = await fsStore(to).lock?.('backup');
    const { status, err } = await keepfit('copy', backup, target, '--force');
    await lock?.release();
    expect([status, err]).toEqual([2, expect.stringMatching(/^keepfit: KEEPFIT_STORE_LOCKED: /)]);
    expect(readFileSync(target, 'utf8')).toBe('the training writes here');
  },
);

test('says so where a second checkpoint of the same training lies beside the copy', async () => {
  const to = join(folder, 'twins');
  expect((await keepfit('copy', backup, join(to, 'backup.2.safetensors'))).err).toBe('');
  const { status, err } = await keepfit('copy', backup, to);
  expect([status, err]).toEqual([
    0,
    expect.stringMatching(/^keepfit: note: .* holds "backup\.2" beside "backup", [^\n]*\n$/),
  ]);
  expect((await keepfit('copy', to, join(folder, 'twins-again'))).err).toBe('');
});

test('a damaged checkpoint is not copied', async () => {
  const damaged = join(folder, 'damaged.safetensors');
  flipBit(backup, damaged, -100);
  const { status, err } = await keepfit('copy', damaged, join(folder, 'nothing'));
  expect([status, err]).toEqual([2, expect.stringContaining('KEEPFIT_CHECKPOINT_CORRUPT')]);
  expect(await fsStore(join(folder, 'nothing')).keys()).toEqual([]);
});

test('several do not fit into one file, and a name must be one of a store', async () => {
  expect((await keepfit('copy', join(runs, 'models'), join(folder, 'x.safetensors'))).err).toContain(
    'give --name, or a folder',
  );
  const { status, err } = await keepfit('copy', backup, join(folder, 'No Good.safetensors'));
  expect([status, err]).toEqual([2, expect.stringContaining('must be 1 to 101 characters of a-z')]);
});
