import { afterEach, expect, test, vi } from 'vitest';
import { BackupAndRestore, type BackupAndRestoreOptions } from '../../src/index.js';
import type { CheckpointStore } from '../../src/contract/checkpoint-store.js';
import { faultyStore } from '../../src/testing/index.js';
import { FakeTrainer } from '../fake-trainer.js';
import { fakeTimers } from '../fake-timers.js';
import { plainStore } from '../testing/plain-store.js';

afterEach(() => vi.restoreAllMocks());

/** A store whose locks are lost when `lose` says so. */
function losingStore(cells = new Map()) {
  const lost = new AbortController();
  const plain = plainStore(undefined, cells);
  const faulty = faultyStore(plain);
  let released = 0;
  const store: CheckpointStore = {
    ...faulty,
    lock: async () => ({ release: async () => void (released += 1), lost: lost.signal }),
  };
  return { store, faulty, plain, signal: lost.signal, lose: () => lost.abort(), released: () => released };
}

async function begin(store: CheckpointStore, options: BackupAndRestoreOptions = {}) {
  const backup = new BackupAndRestore(store, { saveFreq: 1, ...options });
  const trainer = new FakeTrainer();
  backup.setModel(trainer);
  backup.setParams({ epochs: 1, steps: 4, verbose: 0 });
  const begun = (async () => {
    await backup.onTrainBegin();
    await trainer.captureRequested();
  })();
  return { backup, trainer, begun };
}

const conflict = expect.objectContaining({
  code: 'KEEPFIT_STORE_CONFLICT',
  message: expect.stringContaining('has lost the lock of "backup"'),
});

test('after a lock is lost, the training ends at the next boundary, and writes and deletes nothing more', async () => {
  const { store, faulty, plain, lose, released } = losingStore();
  const { backup, trainer, begun } = await begin(store);
  await begun;
  const first = await plain.get('backup');
  const calls = faulty.calls.length;
  lose();
  expect(() => backup.onTrainBatchBegin(0)).toThrow(conflict);
  expect(() => backup.onTrainBatchEnd(0)).toThrow(conflict);
  expect(() => backup.onTestBatchEnd()).toThrow(conflict);
  expect(() => backup.onEpochEnd()).toThrow(conflict);
  await expect(backup.onTrainEnd()).rejects.toEqual(conflict);
  await expect(trainer.settle()).rejects.toEqual(conflict);
  expect(faulty.calls).toHaveLength(calls);
  expect(await plain.get('backup')).toEqual(first);
  expect(trainer.heldCaptures).toBe(0);
  expect(released()).toBe(1);
});

test.each(['get', 'set', 'delete'] as const)('ends a wait for %s at once', async (operation) => {
  const { store, faulty, plain, lose } = losingStore();
  const held = faulty.hold({ operation });
  const { backup, trainer, begun } = await begin(store);
  const running = begun.then(() => backup.onTrainEnd());
  running.catch(() => undefined);
  await held.reached;
  lose();
  await expect(running).rejects.toEqual(conflict);
  expect(trainer.heldCaptures).toBe(0);
  held.release();
  await expect(trainer.settle()).rejects.toEqual(conflict);
  if (operation === 'set') expect(await plain.keys()).toEqual([]);
});

test('a write in flight while training continues gets no more bytes', async () => {
  const { store, faulty, plain, lose } = losingStore();
  const { backup, trainer, begun } = await begin(store);
  await begun;
  const first = await plain.get('backup');
  const held = faulty.hold({ operation: 'set' });
  backup.onTrainBatchBegin(0);
  backup.onTrainBatchEnd(0);
  await trainer.captureRequested();
  await held.reached;
  lose();
  held.release();
  expect(() => backup.onTrainBatchBegin(1)).toThrow(conflict);
  await expect(trainer.settle()).rejects.toEqual(conflict);
  expect(await plain.get('backup')).toEqual(first);
});

test('a lock that is lost before it is given ends the training before it reads anything', async () => {
  const { store, faulty, lose, released } = losingStore();
  lose();
  const { trainer, begun } = await begin(store);
  await expect(begun).rejects.toEqual(conflict);
  await expect(trainer.settle()).rejects.toEqual(conflict);
  expect(faulty.calls).toEqual([]);
  expect(released()).toBe(1);
});

test('a lost lock does not write a deleted checkpoint again', async () => {
  const { store, faulty, plain, lose } = losingStore();
  const { backup, trainer, begun } = await begin(store);
  await begun;
  await plain.delete('backup');
  const held = faulty.hold({ operation: 'get' });
  backup.onTrainBatchBegin(0);
  backup.onTrainBatchEnd(0);
  await trainer.captureRequested();
  await held.reached;
  lose();
  held.release();
  await expect(trainer.settle()).rejects.toEqual(conflict);
  expect(await plain.keys()).toEqual([]);
});

test('leaves no listener at the lock when the fit has settled', async () => {
  const { store, signal } = losingStore();
  const [add, remove] = [vi.spyOn(signal, 'addEventListener'), vi.spyOn(signal, 'removeEventListener')];
  const { backup, trainer, begun } = await begin(store, { doubleCheckpoint: true });
  await begun;
  await backup.onTrainEnd();
  await trainer.settle();
  expect(add).toHaveBeenCalledTimes(2);
  expect(remove.mock.calls.map(([, listener]) => listener).reverse()).toEqual(
    add.mock.calls.map(([, listener]) => listener),
  );
});

test.each(['lock', 'get', 'set', 'delete', 'release'] as const)(
  'a training that is preempted waits for %s for preemptionTimeout seconds, then settles without it',
  async (operation) => {
    fakeTimers();
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const locks = new Map<string, symbol>();
    const store = faultyStore(plainStore(undefined, undefined, locks));
    const held = store.hold({ operation });
    const preemption = new AbortController();
    const { backup, trainer, begun } = await begin(store, {
      preemption: preemption.signal,
      preemptionTimeout: 5,
    });
    let error: unknown;
    const running = (async () => {
      try {
        await begun;
        await backup.onTrainEnd();
      } catch (thrown) {
        error = thrown;
      }
      await trainer.settle().catch((thrown: unknown) => (error ??= thrown));
    })();
    await held.reached;
    preemption.abort();
    await vi.advanceTimersByTimeAsync(5000);
    await running;
    expect(error).toMatchObject({
      code: 'KEEPFIT_STORE_FAILED',
      message: expect.stringContaining(`${operation}("backup") of its store has not answered for 5 s`),
    });
    expect(trainer.heldCaptures).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    held.release();
    await vi.advanceTimersByTimeAsync(0);
    // A lock that came late is given back.
    expect([...locks.keys()]).toEqual([]);
  },
);

test.each([0, -1, NaN, '20', null])('%o is no preemptionTimeout', (preemptionTimeout) => {
  expect(() => new BackupAndRestore(plainStore(), { preemptionTimeout } as never)).toThrow(
    /KEEPFIT_INVALID_OPTION: preemptionTimeout of BackupAndRestore must be a positive number/,
  );
});
