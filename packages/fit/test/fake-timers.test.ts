import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, CSVLogger } from '@keepfit/callbacks';
import { useBackend } from '@keepfit/fit';
import { fileSink, fsStore } from '@keepfit/store-fs';
import { memoryStore } from '@keepfit/store-memory';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { throwAt } from './helpers/throw-at.js';
import { EPOCHS, trainPlain } from './helpers/train-plain.js';

beforeAll(() => useBackend(cpuBackend()));
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Everything that can be faked in this process stands still. */
function fakeTime(): void {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'Date', 'performance', 'hrtime'],
  });
  vi.stubGlobal('MessageChannel', undefined);
}

test('a training with a backup in memory ends, and continues exactly, while timers are faked', async () => {
  const whole = await trainPlain();
  const store = memoryStore();
  fakeTime();
  const crash = throwAt({ hook: 'onTrainBatchEnd', call: 6 });
  const first = trainPlain({ before: [new BackupAndRestore(store, { saveFreq: 1 }), crash] });
  await expect(first).rejects.toThrow('crash');
  const resumed = await trainPlain({ init: 99, before: [new BackupAndRestore(store)] });
  expect(resumed.proof).toEqual(whole.proof);
});

test('a training with backups and a log in files ends while timers are faked', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'keepfit-fake-timers-'));
  try {
    fakeTime();
    const log = join(folder, 'log.csv');
    const callbacks = [
      new BackupAndRestore(fsStore(join(folder, 'backup')), { saveFreq: 1 }),
      new CSVLogger(fileSink(log)),
    ];
    await trainPlain({ before: callbacks });
    expect((await readFile(log, 'utf8')).trim().split('\n')).toHaveLength(1 + EPOCHS);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
