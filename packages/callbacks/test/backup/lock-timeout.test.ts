import { afterEach, expect, test, vi } from 'vitest';
import { BackupAndRestore, type BackupAndRestoreOptions } from '../../src/index.js';
import type { CheckpointStore, StoredCheckpoint } from '../../src/contract/checkpoint-store.js';
import { KeepfitError } from '../../src/contract/keepfit-error.js';
import { FakeTrainer } from '../fake-trainer.js';
import { fakeTimers } from '../fake-timers.js';
import { plainStore } from '../testing/plain-store.js';

afterEach(() => vi.restoreAllMocks());

/** What several stores share, as several processes share a folder. */
function createPlace() {
  const cells = new Map<string, StoredCheckpoint>();
  const locks = new Map<string, symbol>();
  return { cells, locks, open: () => plainStore(undefined, cells, locks) };
}

class VerifyingTrainer extends FakeTrainer {
  readonly verifiesLater = true;
}

function begin(store: CheckpointStore, options: BackupAndRestoreOptions = {}, trainer = new FakeTrainer()) {
  const backup = new BackupAndRestore(store, { saveFreq: 1, ...options });
  backup.setModel(trainer);
  backup.setParams({ epochs: 1, steps: 4, verbose: 1 });
  let state = 'waits';
  const begun = (async () => {
    await backup.onTrainBegin();
    await trainer.captureRequested();
    state = 'trains';
  })();
  begun.catch(() => (state = 'rejected'));
  return { trainer, begun, state: () => state };
}

/** The lines that were printed. */
function spyOnLines(): () => string[] {
  const spy = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  return () => spy.mock.calls.map(([line]) => String(line));
}

test('a training waits for a lock, says once who holds it, and begins within a second after it is free', async () => {
  fakeTimers();
  const lines = spyOnLines();
  const { open, locks } = createPlace();
  const first = begin(open());
  await first.begun;
  const second = begin(open(), { lockTimeout: 3600 });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(second.state()).toBe('waits');
  expect(lines()).toEqual([
    expect.stringMatching(/^Waiting for the lock of the checkpoint, for up to 3600 s: \w/),
  ]);
  await first.trainer.settle();
  await vi.advanceTimersByTimeAsync(1000);
  expect(second.state()).toBe('trains');
  await second.trainer.settle();
  expect([...locks.keys()]).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});

test('says it again when another one holds the lock', async () => {
  fakeTimers();
  const lines = spyOnLines();
  let holder = 'process 1';
  const store: CheckpointStore = {
    ...plainStore(),
    lock: () => Promise.reject(new KeepfitError('KEEPFIT_STORE_LOCKED', `${holder} trains`)),
  };
  const { begun } = begin(store, { lockTimeout: 10 });
  begun.catch(() => undefined);
  await vi.advanceTimersByTimeAsync(3000);
  holder = 'process 2';
  await vi.advanceTimersByTimeAsync(3000);
  expect(lines()).toEqual([
    'Waiting for the lock of the checkpoint, for up to 10 s: process 1 trains',
    'Waiting for the lock of the checkpoint, for up to 6 s: process 2 trains',
  ]);
});

test('rejects after lockTimeout, with the holder in the message', async () => {
  fakeTimers();
  spyOnLines();
  const { open } = createPlace();
  await begin(open()).begun;
  const { begun, trainer } = begin(open(), { lockTimeout: 2.5 });
  const rejected = expect(begun).rejects.toMatchObject({
    code: 'KEEPFIT_STORE_LOCKED',
    message: expect.stringMatching(/waited 2.5 s for the lock of the checkpoint \(lockTimeout\): \w/),
  });
  await vi.advanceTimersByTimeAsync(2500);
  await rejected;
  await trainer.settle();
  expect(vi.getTimerCount()).toBe(0);
});

test('without lockTimeout, rejects at once', async () => {
  const { open } = createPlace();
  await begin(open()).begun;
  await expect(begin(open()).begun).rejects.toMatchObject({ code: 'KEEPFIT_STORE_LOCKED' });
});

test('two trainings with one store object wait for each other too', async () => {
  fakeTimers();
  spyOnLines();
  const store = createPlace().open();
  const first = begin(store);
  await first.begun;
  const second = begin(store, { lockTimeout: Infinity });
  await vi.advanceTimersByTimeAsync(5000);
  expect(second.state()).toBe('waits');
  await first.trainer.settle();
  await vi.advanceTimersByTimeAsync(1000);
  expect(second.state()).toBe('trains');
});

test.each(['in a pause', 'in an attempt'])('preemption ends the wait at once, %s', async (when) => {
  fakeTimers();
  spyOnLines();
  const { open, locks } = createPlace();
  await begin(open()).begun;
  const store = open();
  let attempts = 0;
  let answer = (): void => undefined;
  const slow: CheckpointStore = {
    ...store,
    async lock(key) {
      attempts += 1;
      if (when === 'in an attempt' && attempts === 2)
        await new Promise<void>((resolve) => (answer = resolve));
      return store.lock!(key);
    },
  };
  const preemption = new AbortController();
  const { begun, trainer } = begin(slow, { lockTimeout: 3600, preemption: preemption.signal });
  const rejected = expect(begun).rejects.toMatchObject({
    code: 'KEEPFIT_INTERRUPTED',
    message: expect.stringContaining('while it waited for the lock of its checkpoint, so it did not begin'),
  });
  await vi.advanceTimersByTimeAsync(when === 'in an attempt' ? 1000 : 500);
  preemption.abort();
  await vi.advanceTimersByTimeAsync(0);
  await rejected;
  await trainer.settle();
  locks.clear();
  answer();
  await vi.advanceTimersByTimeAsync(0);
  // The lock that came late is given back.
  expect([...locks.keys()]).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});

test('a store that fails while a training waits ends it', async () => {
  fakeTimers();
  spyOnLines();
  let attempts = 0;
  const store: CheckpointStore = {
    ...plainStore(),
    async lock() {
      attempts += 1;
      throw attempts === 1 ? new KeepfitError('KEEPFIT_STORE_LOCKED', 'held') : new Error('the disk is gone');
    },
  };
  const { begun } = begin(store, { lockTimeout: 60 });
  const rejected = expect(begun).rejects.toMatchObject({ code: 'KEEPFIT_STORE_FAILED' });
  await vi.advanceTimersByTimeAsync(1000);
  await rejected;
});

test('locks of several keys are asked for at once, and a rival frees the second if it has not the first', async () => {
  fakeTimers();
  spyOnLines();
  const { open, locks } = createPlace();
  const asked: string[] = [];
  const store = open();
  const watched: CheckpointStore = {
    ...store,
    lock: (key) => {
      asked.push(key);
      return store.lock!(key);
    },
  };
  locks.set('backup', Symbol('somebody'));
  const waiting = begin(watched, { lockTimeout: 60 }, new VerifyingTrainer());
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toEqual(['backup', 'backup.2']);
  expect([...locks.keys()]).toEqual(['backup']);
  locks.delete('backup');
  await vi.advanceTimersByTimeAsync(1000);
  expect(waiting.state()).toBe('trains');
  expect([...locks.keys()]).toEqual(['backup', 'backup.2']);
  await waiting.trainer.settle();
  expect([...locks.keys()]).toEqual([]);
});

test('two that begin together: one has both keys, the other none', async () => {
  const { open, locks } = createPlace();
  const trainings = [0, 1].map(() => begin(open(), { doubleCheckpoint: true }));
  const settled = await Promise.allSettled(trainings.map(({ begun }) => begun));
  expect(settled.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  for (const { trainer } of trainings) await trainer.settle();
  expect([...locks.keys()]).toEqual([]);
});

test('a second key that somebody else uses is left out if it is only wanted, and refused if it is needed', async () => {
  const { open, locks } = createPlace();
  locks.set('backup.2', Symbol('somebody'));
  const wanted = begin(open(), {}, new VerifyingTrainer());
  await wanted.begun;
  await wanted.trainer.settle();
  await expect(begin(open(), { doubleCheckpoint: true }).begun).rejects.toMatchObject({
    code: 'KEEPFIT_STORE_LOCKED',
  });
  expect([...locks.keys()]).toEqual(['backup.2']);
});

test.each([-1, NaN, '20', null])('%o is no lockTimeout', (lockTimeout) => {
  expect(() => new BackupAndRestore(plainStore(), { lockTimeout } as never)).toThrow(
    /KEEPFIT_INVALID_OPTION: lockTimeout of BackupAndRestore must be a number of seconds, 0 or more/,
  );
});
