import { afterEach, expect, test, vi } from 'vitest';
import { BackupAndRestore, type BackupAndRestoreOptions } from '../../src/index.js';
import { faultyStore } from '../../src/testing/index.js';
import { timers } from '../../src/timers.js';
import { FakeTrainer } from '../fake-trainer.js';
import { fakeTimers } from '../fake-timers.js';
import { mapStore } from '../map-store.js';
import { plainStore } from '../testing/plain-store.js';

afterEach(() => vi.restoreAllMocks());

async function begin(options: BackupAndRestoreOptions = {}, store = mapStore()) {
  const backup = new BackupAndRestore(store, options);
  const trainer = new FakeTrainer();
  backup.setModel(trainer);
  backup.setParams({ epochs: 1, steps: 4, verbose: 0 });
  await backup.onTrainBegin();
  await trainer.captureRequested();
  return { backup, trainer, store };
}

test.each([
  [false, ['backup']],
  [true, ['backup', 'backup.2']],
])(
  'holds the lock of each key that it writes, doubleCheckpoint %s, for with it goes what a kill has left there',
  async (doubleCheckpoint, keys) => {
    const locks = new Map<string, symbol>();
    const { trainer } = await begin({ doubleCheckpoint }, plainStore(undefined, undefined, locks));
    expect([...locks.keys()]).toEqual(keys);
    await trainer.settle();
    expect([...locks.keys()]).toEqual([]);
  },
);

test('gives back the first lock where it does not get the second', async () => {
  const locks = new Map([['backup.2', Symbol('of another')]]);
  const store = plainStore(undefined, undefined, locks);
  const backup = new BackupAndRestore(store, { doubleCheckpoint: true });
  const trainer = new FakeTrainer();
  backup.setModel(trainer);
  await expect(backup.onTrainBegin()).rejects.toMatchObject({ code: 'KEEPFIT_STORE_LOCKED' });
  await trainer.settle();
  expect([...locks.keys()]).toEqual(['backup.2']);
});

test('backs up within a validation when asked to there: a page that is hidden may not see its end', async () => {
  const { backup, trainer, store } = await begin();
  const first = (await store.get('backup'))?.version;
  backup.onTestBatchEnd();
  await trainer.captureRequested();
  expect((await store.get('backup'))?.version).toBe(first);
  backup.backUpSoon();
  backup.onTestBatchEnd();
  await trainer.captureRequested();
  await trainer.settle();
  expect((await store.get('backup'))?.version).not.toBe(first);
  expect(trainer.heldCaptures).toBe(0);
});

test('an evaluation by itself backs up nothing, whatever was asked for', async () => {
  const preemption = new AbortController();
  const { backup, trainer } = await begin({ preemption: preemption.signal });
  await trainer.settle();
  preemption.abort();
  backup.backUpSoon();
  const evaluated = Object.assign(new FakeTrainer(), {
    requestBackup: () => {
      throw new Error('an evaluation has no backups');
    },
  });
  backup.setModel(evaluated);
  expect(() => backup.onTestBatchEnd()).not.toThrow();
});

test.each([
  [0, 'saveFreq of BackupAndRestore must be "epoch", a positive integer or { seconds }, not 0'],
  ['300', 'not "300"'],
  [null, 'not null'],
  [[300], 'not [300]'],
  [{}, 'seconds of saveFreq of BackupAndRestore must be a positive number, not null'],
  [{ seconds: undefined }, 'not null'],
  [{ seconds: 0 }, 'not 0'],
  [{ seconds: -0 }, 'not -0'],
  [{ seconds: -300 }, 'not -300'],
  [{ seconds: NaN }, 'not NaN'],
  [{ seconds: Infinity }, 'not Infinity'],
  [{ seconds: '300' }, 'not "300"'],
  [{ seconds: 300, batches: 5 }, 'saveFreq of BackupAndRestore has no option "batches"; it has seconds'],
  [{ minutes: 5 }, 'has no option "minutes"'],
])('refuses %o as saveFreq', (saveFreq, message) => {
  const create = () => new BackupAndRestore(mapStore(), { saveFreq } as never);
  expect(create).toThrow(expect.objectContaining({ code: 'KEEPFIT_INVALID_OPTION' }));
  expect(create).toThrow(message);
});

test('refuses what is no clock, and a clock without a time', async () => {
  expect(() => new BackupAndRestore(mapStore(), { now: 5 } as never)).toThrow(/KEEPFIT_INVALID_OPTION: now /);
  await expect(begin({ saveFreq: { seconds: 1 }, now: () => NaN })).rejects.toMatchObject({
    code: 'KEEPFIT_INVALID_OPTION',
    message: expect.stringContaining('must return milliseconds, not NaN'),
  });
});

test('reads no clock if no time is asked for', async () => {
  const now = vi.fn(() => 0);
  const { backup } = await begin({ saveFreq: 2, now });
  backup.onTrainBatchBegin(0);
  backup.onTrainBatchEnd(0);
  expect(backup.getState()).toEqual({ batchesSinceBackup: 1, hasUnsaved: true });
  expect(now).not.toHaveBeenCalled();
});

test('counts the time by the monotonic clock, and a clock that is set back as standing still', async () => {
  let time = 1000;
  vi.spyOn(timers, 'now').mockImplementation(() => time);
  const { backup } = await begin({ saveFreq: { seconds: 10 } });
  time = 3000;
  expect(backup.getState()).toMatchObject({ msSinceBackup: 2000 });
  time = 500;
  expect(backup.getState()).toMatchObject({ msSinceBackup: 2000 });
  time = 600;
  expect(backup.getState()).toMatchObject({ msSinceBackup: 2100 });
});

test('continues from states without a time, as those of before, and refuses a time that is none', async () => {
  const { backup } = await begin({ saveFreq: { seconds: 10 }, now: () => 7 });
  backup.setState({ batchesSinceBackup: 3 });
  expect(backup.getState()).toEqual({ batchesSinceBackup: 3, msSinceBackup: 0, hasUnsaved: false });
  for (const msSinceBackup of [-1, NaN, Infinity, '5', null]) {
    expect(() => backup.setState({ batchesSinceBackup: 0, msSinceBackup })).toThrow(
      /KEEPFIT_CHECKPOINT_CORRUPT.*msSinceBackup/,
    );
  }
  expect(backup.getState()).toEqual({ batchesSinceBackup: 3, msSinceBackup: 0, hasUnsaved: false });
});

test('refuses a store that claims locks and has none', () => {
  const store = { ...mapStore(), supports: { durable: false, fencing: false, locking: true } };
  expect(() => new BackupAndRestore(store)).toThrow(/KEEPFIT_INVALID_OPTION.*has no function `lock`/);
});

const operations = ['lock', 'get', 'set', 'delete', 'release'] as const;

test.each(operations)(
  'says once that training waits for a store whose %s does not settle',
  async (operation) => {
    fakeTimers();
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const store = { ...faultyStore(plainStore()), name: 'plainStore("runs")' };
    const held = store.hold({ operation });
    const running = (async () => {
      const { backup, trainer } = await begin({}, store);
      await backup.onTrainEnd();
      await trainer.settle();
    })();
    await held.reached;
    await vi.advanceTimersByTimeAsync(9000);
    expect(warn).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1000);
    expect(warn).toHaveBeenCalledExactlyOnceWith(
      expect.stringContaining(`waited 10 s so far for ${operation}("backup") of plainStore("runs")`),
    );
    expect(String(warn.mock.calls).includes('lease of a killed holder')).toBe(operation === 'lock');
    await vi.advanceTimersByTimeAsync(300_000);
    held.release();
    await running;
    expect(warn).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  },
);

test('says nothing of a backup that takes long while training continues', async () => {
  fakeTimers();
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const store = faultyStore(mapStore());
  const { backup, trainer } = await begin({ saveFreq: 1 }, store);
  const held = store.hold({ operation: 'set' });
  backup.onTrainBatchBegin(0);
  backup.onTrainBatchEnd(0);
  await trainer.captureRequested();
  await held.reached;
  await vi.advanceTimersByTimeAsync(300_000);
  expect(warn).not.toHaveBeenCalled();
  held.release();
  await trainer.settle();
});
