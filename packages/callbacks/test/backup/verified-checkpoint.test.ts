import { expect, test } from 'vitest';
import { BackupKeys } from '../../src/backup/backup-keys.js';
import type { CheckpointStore } from '../../src/contract/checkpoint-store.js';
import { KeepfitError } from '../../src/contract/keepfit-error.js';
import type { Verification } from '../../src/contract/state.js';
import { BackupAndRestore, type BackupRequestOptions, type TrainingCapture } from '../../src/index.js';
import { createContent, faultyStore } from '../../src/testing/index.js';
import { FakeTrainer } from '../fake-trainer.js';
import { plainStore } from '../testing/plain-store.js';

interface FakeVerification extends Verification {
  status: Verification['status'];
}

function createVerification(outcome: 'passed' | 'failed' = 'passed'): FakeVerification {
  return {
    status: 'open',
    run() {
      this.status = outcome;
      if (outcome === 'failed') throw new KeepfitError('KEEPFIT_INVALID_STATE', 'it differs');
    },
  };
}

async function openKeys(store: CheckpointStore, double = false): Promise<BackupKeys> {
  const keys = new BackupKeys(store, 'backup', double);
  if (!double) keys.keepVerified();
  await keys.load();
  return keys;
}

const content = (byte: number) => createContent(Uint8Array.of(byte));

async function listContents(store: CheckpointStore): Promise<Record<string, number | undefined>> {
  const keys = (await store.keys()).sort();
  return Object.fromEntries(
    await Promise.all(keys.map(async (key) => [key, (await store.get(key))?.bytes[0]])),
  );
}

test('writes over the newest checkpoint until that is verified, then over the one before it', async () => {
  const store = plainStore();
  const keys = await openKeys(store);
  const [second, third, fourth] = [createVerification(), createVerification(), createVerification()];
  await keys.write(content(1));
  expect(await listContents(store)).toEqual({ backup: 1 });
  await keys.write(content(2), second);
  await keys.write(content(3), third);
  expect(await listContents(store)).toEqual({ backup: 1, 'backup.2': 3 });
  third.status = 'passed';
  await keys.write(content(4), fourth);
  expect(await listContents(store)).toEqual({ backup: 4, 'backup.2': 3 });
  await keys.write(content(5), createVerification());
  expect(await listContents(store)).toEqual({ backup: 5, 'backup.2': 3 });
  await keys.write(content(6));
  expect(await listContents(store)).toEqual({ backup: 6 });
});

test('a checkpoint that is verified while it is written stays', async () => {
  const verification = createVerification();
  const plain = plainStore();
  const store: CheckpointStore = {
    ...plain,
    async set(...args) {
      const version = await plain.set(...args);
      if (args[0] === 'backup.2') verification.status = 'passed';
      return version;
    },
  };
  const keys = await openKeys(store);
  await keys.write(content(1));
  await keys.write(content(2), verification);
  expect(await listContents(store)).toEqual({ backup: 1, 'backup.2': 2 });
});

test('of two kept in turn, an unverified one never replaces the last that is verified', async () => {
  const store = plainStore();
  const keys = await openKeys(store, true);
  await keys.write(content(1));
  await keys.write(content(2));
  const verification = createVerification();
  await keys.write(content(3), verification);
  await keys.write(content(4), createVerification());
  expect(await listContents(store)).toEqual({ backup: 4, 'backup.2': 2 });
  await keys.write(content(5));
  expect(await listContents(store)).toEqual({ backup: 5, 'backup.2': 2 });
});

test('deletes a checkpoint that is not exact, and no other', async () => {
  const store = plainStore();
  const keys = await openKeys(store);
  const verification = createVerification('failed');
  await keys.write(content(1));
  await keys.write(content(2), verification);
  await keys.deleteFailed();
  expect(await listContents(store)).toEqual({ backup: 1, 'backup.2': 2 });
  verification.status = 'failed';
  await keys.deleteFailed();
  await keys.deleteFailed();
  expect(await listContents(store)).toEqual({ backup: 1 });
});

test('a store that has no room for two gets verified ones', async () => {
  const full = (call: number) => ({ operation: 'set' as const, call, error: createFullError() });
  for (const failing of [2, 4]) {
    const store = faultyStore(plainStore(), [full(failing)]);
    const keys = await openKeys(store);
    await keys.write(content(1));
    for (let byte = 2; byte <= failing; byte++) {
      const verification = createVerification();
      await keys.write(content(byte), verification);
      if (byte === 2) verification.status = 'passed';
    }
    expect(await listContents(store)).toEqual({ backup: failing });
    expect(keys.canKeepVerified).toBe(false);
    const failed = createVerification('failed');
    await expect(keys.write(content(9), failed)).rejects.toMatchObject({ code: 'KEEPFIT_INVALID_STATE' });
    expect(await listContents(store)).toEqual({ backup: failing });
  }
});

function createFullError(): KeepfitError {
  return new KeepfitError('KEEPFIT_STORE_FULL', 'no room');
}

type Sink = (capture: TrainingCapture) => void | Promise<void>;

/** A training that verifies now and then, with a store whose second key may be in use. */
async function begin(store: CheckpointStore) {
  const backup = new BackupAndRestore(store, { saveFreq: 1 });
  const trainer = Object.assign(new FakeTrainer(), { verifiesLater: true });
  const asked: (boolean | undefined)[] = [];
  const request = trainer.requestBackup.bind(trainer);
  trainer.requestBackup = (sink: Sink, options?: BackupRequestOptions) => {
    asked.push(options?.unverified);
    request(sink);
  };
  backup.setModel(trainer);
  backup.setParams({ epochs: 1, steps: 4, verbose: 0 });
  await backup.onTrainBegin();
  await trainer.captureRequested();
  backup.onTrainBatchBegin(0);
  backup.onTrainBatchEnd(0);
  await trainer.captureRequested();
  await trainer.settle();
  return asked.at(-1);
}

test('asks for unverified captures, and locks the second key too', async () => {
  const locked: string[] = [];
  const locks = new Map<string, symbol>();
  const store = plainStore(undefined, undefined, locks);
  const lock = store.lock?.bind(store);
  const watched: CheckpointStore = {
    ...store,
    lock: (key) => {
      locked.push(key);
      return lock!(key);
    },
  };
  expect(await begin(watched)).toBe(true);
  expect(locked).toEqual(['backup', 'backup.2']);
  expect([...locks.keys()]).toEqual([]);
});

test('does without the second key if another training has its lock', async () => {
  const locks = new Map([['backup.2', Symbol('of another')]]);
  expect(await begin(plainStore(undefined, undefined, locks))).toBe(false);
  expect([...locks.keys()]).toEqual(['backup.2']);
});
