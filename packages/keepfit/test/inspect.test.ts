import { copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeCheckpoint } from '@keepfit/callbacks/checkpoint';
import { beforeAll, expect, test } from 'vitest';
import { flipBit, createFolder } from './helpers/folder.js';
import { keepfit, keepfitAt } from './helpers/keepfit.js';
import { train } from './helpers/train.js';

const folder = createFolder();
const runs = join(folder, 'runs');
const backup = join(runs, 'backup.safetensors');

beforeAll(() => train(runs));

interface Printed {
  checkpoints: {
    file: string;
    passed: boolean;
    problems: string[];
    checkpoint: Record<string, unknown> | null;
  }[];
}

const printed = (out: string) => (JSON.parse(out) as Printed).checkpoints;

test('tells of a training where it stands, what it holds, its age, and that all checks passed', async () => {
  const { status, out, err } = await keepfit('inspect', runs);
  expect([status, err]).toEqual([0, '']);
  expect(out).toMatch(/^.*backup\.safetensors\n/);
  expect(out).toMatch(/saved +\d+ (s|min) ago, at \d{4}-/);
  expect(out).toMatch(/stands at +epoch 3 \(6 batches trained in all\)/);
  expect(out).toMatch(/checks +passed: the header, 14 tensors, the state/);
  expect(out).toMatch(/callbacks +BackupAndRestore, ModelCheckpoint, History/);
  expect(out).toMatch(/batchSize +3/);
  expect(out).toMatch(/weights\/hidden\/kernel +float32 +\[2, 3\] +24 B/);
  expect(out).not.toContain('\x1b');
});

test('prints the same as JSON, whole', async () => {
  const { status, out } = await keepfit('inspect', backup, '--json');
  expect(status).toBe(0);
  const [only] = printed(out);
  expect(only).toMatchObject({ file: backup, name: 'backup', passed: true, problems: [] });
  expect(only?.checkpoint).toMatchObject({
    ...{ content: 'training', epoch: 2, batch: 0, step: 6, seed: 7, learningRate: 0.05, generation: 3 },
    optimizer: { class: 'Adam', numbers: { iterations: 6 } },
    fingerprint: { batchSize: 3, backend: 'cpu', optimizer: { class: 'Adam' } },
  });
  expect(only?.checkpoint?.['tensors']).toContainEqual({
    name: 'weights/out/bias',
    dtype: 'float32',
    shape: [1],
    byteLength: 4,
  });
});

test('tells how old it is', async () => {
  const { savedAt } = printed((await keepfit('inspect', backup, '--json')).out)[0]!.checkpoint as {
    savedAt: string;
  };
  const ages = [0, 119, 120, 7199, 7200, 172_800, -60];
  const shown = await Promise.all(
    ages.map((age) => keepfitAt(Date.parse(savedAt) + age * 1000, false, 'inspect', backup)),
  );
  expect(shown.map(({ out }) => /saved +(.*), at/.exec(out)?.[1])).toEqual([
    ...['0 s ago', '119 s ago', '2 min ago', '119 min ago', '2 h ago', '2 d ago'],
    'in the future, by the clock of this machine',
  ]);
});

test('of a folder with several it prints a line each, and takes the name of one', async () => {
  const { out } = await keepfit('inspect', join(runs, 'models'));
  expect(out).toMatch(
    /^epoch-1 +weights alone, of epoch 1 .*\nepoch-2 +weights alone, of epoch 2 .*\nGive the name/,
  );
  const one = await keepfit('inspect', join(runs, 'models'), 'epoch-2');
  expect(one.out).toMatch(/epoch-2\.safetensors\n[^]*tensors: 4, 52 B/);
});

test('of a damaged file it says what is wrong and trusts nothing else, with status 1', async () => {
  const damaged = join(folder, 'damaged.safetensors');
  flipBit(backup, damaged, 100);
  const { status, out } = await keepfit('inspect', damaged);
  expect(status).toBe(1);
  expect(out).toContain('the header does not agree with its checksum');
  expect(out).not.toContain('tensors:');
  expect(printed((await keepfit('inspect', damaged, '--json')).out)[0]).toMatchObject({
    passed: false,
    checkpoint: null,
  });
});

test('a name from a file cannot steer the terminal', async () => {
  const name = 'weights/\x1b]0;gone\x07\u202e\x9b2J';
  const entries = [{ name, dtype: 'uint8' as const, shape: [1], read: async () => new Uint8Array(1) }];
  const state = {
    progress: { epoch: 0, batch: 0, step: 0 },
    callbacks: [{ name: '\x1b[2J', ordinal: 0, state: {} }],
  };
  const header = { runId: '\r\x1b[A', generation: 1, savedAt: new Date().toISOString(), library: '\x1b[8m' };
  const file = join(folder, 'hostile.safetensors');
  const chunks: Uint8Array[] = [];
  for await (const chunk of encodeCheckpoint({ entries, state }, header).chunks) chunks.push(chunk.slice());
  writeFileSync(file, Buffer.concat(chunks));
  const { status, out } = await keepfit('inspect', file);
  expect(status).toBe(0);
  expect(out).toContain('weights/\\u001b]0;gone\\u0007\\u202e\\u009b2J');
  expect(out.replaceAll('\n', '')).not.toMatch(/\p{C}/u);
  const json = await keepfit('inspect', file, '--json');
  expect(json.out.replaceAll('\n', '')).not.toMatch(/\p{C}/u);
  expect(printed(json.out)[0]?.checkpoint).toMatchObject({
    ...header,
    tensors: [{ name }],
    callbacks: [{ name: '\x1b[2J' }],
  });
});

test('colours are for terminals', async () => {
  const { out } = await keepfitAt(Date.now(), true, 'inspect', backup);
  expect(out).toContain('\x1b[32mpassed\x1b[39m');
});

test('reads only: it leaves no file and no lock, and changes none', async () => {
  const before = [readdirSync(runs), readFileSync(backup)];
  for (const command of ['inspect', 'verify']) await keepfit(command, runs);
  await keepfit('diff', runs, runs);
  expect([readdirSync(runs), readFileSync(backup)]).toEqual(before);
});

test('follows a link that it is given, and is not led out of a folder by one', async () => {
  symlinkSync(backup, join(folder, 'link.safetensors'));
  expect((await keepfit('inspect', join(folder, 'link.safetensors'))).status).toBe(0);
  const linked = join(folder, 'linked');
  mkdirSync(linked);
  symlinkSync(backup, join(linked, 'a.safetensors'));
  copyFileSync(backup, join(linked, 'b.safetensors'));
  expect(printed((await keepfit('inspect', linked, '--json')).out).map(({ file }) => file)).toEqual([
    join(linked, 'b.safetensors'),
  ]);
});

test.each([
  ['what is not there', 'nowhere', /there is no such file or folder/],
  ['a device', '/dev/zero', /it is no regular file/],
  ['an empty folder', 'empty', /holds no checkpoint/],
])('%s is named in one line, with status 2', async (_, place, message) => {
  mkdirSync(join(folder, 'empty'), { recursive: true });
  const { status, out, err } = await keepfit('inspect', place.startsWith('/') ? place : join(folder, place));
  expect([status, out]).toEqual([2, '']);
  expect(err).toMatch(message);
  expect(err).toMatch(/^keepfit: KEEPFIT_STORE_FAILED: [^\n]+\n$/);
});

test.each([
  ['nothing', [], [], /\.safetensors\): a training that completed deletes its backup, and one that did not/],
  [
    'a download',
    ['digits (1).safetensors'],
    [],
    /but "digits \(1\)\.safetensors"; give the path of that file/,
  ],
  ['a lock', ['.backup.lock'], [], /yet, but files of a training that runs, or was killed before its first/],
  ['half a backup', ['.backup.0123456789abcdef.tmp'], [], /yet, but files of a training that runs, or was/],
  ['folders', [], ['digits'], /but the folder "digits"; give a folder that a training uses/],
  ['a hostile name', ['\x1b[2J.safetensors'], [], /but "\\u001b\[2J\.safetensors"; give the path/],
] as const)('a folder that holds %s is explained', async (what, files, folders, message) => {
  const place = join(folder, `with ${what}`);
  for (const name of ['', ...folders]) mkdirSync(join(place, name), { recursive: true });
  for (const name of files) writeFileSync(join(place, name), '');
  const { status, err } = await keepfit('inspect', place);
  expect(status).toBe(2);
  expect(err).toMatch(/^keepfit: KEEPFIT_STORE_FAILED: the folder .* holds no checkpoint [^\n]+\n$/);
  expect(err).toMatch(message);
});

test('a missing backup may be that of a training that completed', async () => {
  const { err } = await keepfit('inspect', join(folder, 'runs/gone/backup.safetensors'));
  expect(err).toMatch(/there is no such file or folder \(a training that completed deletes its backup\)/);
});

test('an exported file is told from a damaged one', async () => {
  const exported = join(folder, 'exported.safetensors');
  await keepfit('export', backup, exported);
  for (const command of ['inspect', 'verify']) {
    const { status, out } = await keepfit(command, exported);
    expect(status).toBe(1);
    expect(out).toMatch(
      /this is not a checkpoint of keepfit: it is a safetensors file of 4 tensors .* weights alone, which importWeights reads/,
    );
    expect(out).not.toContain('damaged');
  }
  const renamed = join(folder, 'My model (2).ckpt');
  copyFileSync(backup, renamed);
  expect((await keepfit('inspect', renamed)).status).toBe(0);
});

test('a name that the folder does not hold is answered with those that it does', async () => {
  const { status, err } = await keepfit('inspect', join(runs, 'models'), 'best');
  expect(status).toBe(2);
  expect(err).toContain('holds no "best", but epoch-1, epoch-2');
  expect((await keepfit('inspect', backup, 'best')).err).toContain(
    'KEEPFIT_INVALID_OPTION: a name is for a folder',
  );
});
