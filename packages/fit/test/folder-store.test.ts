import promises, { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CallbackHooks } from '@keepfit/callbacks';
import { useBackend } from '@keepfit/fit';
import { type FileSystem, fsStore } from '@keepfit/store-fs';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { caught } from './helpers/caught.js';
import { throwAt } from './helpers/throw-at.js';
import { type Ended, plainTrainer, trainPlain } from './helpers/train-plain.js';
import { weightsOf } from './helpers/weights-of.js';

let uninterrupted: Ended;
let folder: string;

beforeAll(async () => {
  await useBackend(cpuBackend());
  uninterrupted = await trainPlain();
});

beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'keepfit-fit-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

const crash = () => throwAt({ hook: 'onTrainBatchEnd', call: 7 });

test('a folder that is not there is made, with its parents, and a crash resumes from it exactly', async () => {
  const backup = () => new BackupAndRestore(fsStore(join(folder, 'runs', 'a', 'backup')), { saveFreq: 2 });
  await caught(trainPlain({ before: [backup(), crash()] }));
  expect(await readdir(join(folder, 'runs', 'a', 'backup'))).toContain('backup.safetensors');
  const { proof, whole } = await trainPlain({ init: 99, before: [backup()] });
  expect(proof).toEqual(uninterrupted.proof);
  expect(whole.history).toEqual(uninterrupted.whole.history);
});

test('what else is in the folder stays as it was, and after a completed run nothing of ours is left', async () => {
  const foreign = { 'notes.txt': 'mine', 'backup.txt': 'mine too', 'other.safetensors': 'of another' };
  for (const [name, text] of Object.entries(foreign)) await writeFile(join(folder, name), text);
  const backup = () => new BackupAndRestore(fsStore(folder), { saveFreq: 2, doubleCheckpoint: true });
  await caught(trainPlain({ before: [backup(), crash()] }));
  await trainPlain({ before: [backup()] });
  for (const [name, text] of Object.entries(foreign))
    expect(await readFile(join(folder, name), 'utf8')).toBe(text);
  expect((await readdir(folder)).filter((name) => name.endsWith('.safetensors'))).toEqual([
    'other.safetensors',
  ]);
});

test('of two trainers at once on one folder, the second gets KEEPFIT_STORE_LOCKED and touches nothing; the first goes on', async () => {
  const store = () => fsStore(folder);
  let second: (Error & { code?: string }) | undefined;
  const other = plainTrainer({ init: 55 });
  const before = JSON.stringify(weightsOf(other));
  const meanwhile: CallbackHooks = {
    onEpochEnd: async (epoch) => {
      if (epoch === 1) second = await caught(trainPlain({ before: [new BackupAndRestore(store())] }, other));
    },
  };
  const { proof } = await trainPlain({ before: [meanwhile, new BackupAndRestore(store())] });
  expect(second?.code).toBe('KEEPFIT_STORE_LOCKED');
  expect(JSON.stringify(weightsOf(other))).toBe(before);
  expect(proof).toEqual(uninterrupted.proof);
  // And it is free again.
  await trainPlain({ options: { epochs: 1 }, before: [new BackupAndRestore(store())] });
});

test('two trainings of different names share a folder at once', async () => {
  const backup = (name: string) => new BackupAndRestore(fsStore(folder), { name, deleteCheckpoint: false });
  const [one, other] = await Promise.all([
    trainPlain({ before: [backup('one')] }),
    trainPlain({ before: [backup('other')] }),
  ]);
  expect(one.proof).toEqual(uninterrupted.proof);
  expect(other.proof).toEqual(uninterrupted.proof);
  expect((await readdir(folder)).filter((name) => name.endsWith('.safetensors')).sort()).toEqual([
    'one.safetensors',
    'other.safetensors',
  ]);
});

test('a folder that cannot be written to rejects fit before anything is trained', async () => {
  const path = join(folder, 'file');
  await writeFile(path, 'no folder');
  const trainer = plainTrainer();
  const before = JSON.stringify(weightsOf(trainer));
  const error = await caught(
    trainPlain({ before: [new BackupAndRestore(fsStore(join(path, 'backup')))] }, trainer),
  );
  expect(error.code).toBe('KEEPFIT_STORE_FAILED');
  expect(error.message).toContain(path);
  expect(JSON.stringify(weightsOf(trainer))).toBe(before);
  expect(await readFile(path, 'utf8')).toBe('no folder');
});

test('a checkpoint that is a folder rejects fit, and the folder stays', async () => {
  await mkdir(join(folder, 'backup.safetensors', 'inner'), { recursive: true });
  const error = await caught(trainPlain({ before: [new BackupAndRestore(fsStore(folder))] }));
  expect(error.code).toBe('KEEPFIT_STORE_FAILED');
  expect(await readdir(join(folder, 'backup.safetensors'))).toEqual(['inner']);
});

test('the longest name that is allowed works, and a longer one is refused at the door', async () => {
  expect(() => new BackupAndRestore(fsStore(folder), { name: 'a'.repeat(100) })).toThrow(
    'KEEPFIT_INVALID_OPTION',
  );
  const name = 'a'.repeat(99);
  await trainPlain({
    options: { epochs: 1 },
    before: [
      new BackupAndRestore(fsStore(folder), { name, doubleCheckpoint: true, deleteCheckpoint: false }),
    ],
  });
  expect(
    (await readdir(folder)).some((file) => file.startsWith('aaaa') && file.endsWith('.safetensors')),
  ).toBe(true);
});

test('a full disk ends the training with an error that says so; the last good checkpoint is intact and is continued', async () => {
  let isFull = false;
  const fs = {
    ...promises,
    async open(...args: Parameters<typeof promises.open>) {
      const handle = await promises.open(...args);
      if (isFull)
        handle.write = () =>
          Promise.reject(
            Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }),
          );
      return handle;
    },
  } as unknown as FileSystem;
  const fill: CallbackHooks = { batchLogs: false, onTrainBatchEnd: (batch) => void (isFull = batch === 2) };
  const error = await caught(
    trainPlain({ before: [new BackupAndRestore(fsStore(folder, { fs }), { saveFreq: 1 }), fill] }),
  );
  expect(error.code).toBe('KEEPFIT_STORE_FULL');
  expect(error.message).toContain(folder);
  expect((await readdir(folder)).filter((file) => file.includes('tmp'))).toEqual([]);
  const { proof } = await trainPlain({
    init: 99,
    before: [new BackupAndRestore(fsStore(folder), { saveFreq: 1 })],
  });
  expect(proof).toEqual(uninterrupted.proof);
});
