import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CallbackHooks, EarlyStopping, SwapEMAWeights } from '@keepfit/callbacks';
import { faultyStore } from '@keepfit/callbacks/testing';
import { useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import { beforeAll, expect, test } from 'vitest';
import { caught } from './helpers/caught.js';
import { readableCheckpoint } from './helpers/readable-checkpoint.js';
import { storedBytes } from './helpers/stored.js';
import { throwAt } from './helpers/throw-at.js';
import { trainPlain } from './helpers/train-plain.js';

beforeAll(() => useBackend(cpuBackend()));

/**
 * What is stored of the end of epoch 0 when training throws at the end of epoch 1; `held` until then, if it
 * is to be.
 */
async function storedAtEpochEnd(callback: CallbackHooks, isHeld: boolean): Promise<unknown> {
  const store = faultyStore(memoryStore());
  const held = isHeld ? store.hold({ operation: 'set', call: 2 }) : undefined;
  const release: CallbackHooks = {
    batchLogs: false,
    onEpochEnd: (epoch) => void (epoch === 1 && held?.release()),
  };
  const crash = throwAt({ hook: 'onEpochEnd', call: 2 });
  await caught(trainPlain({ before: [callback, release, crash, new BackupAndRestore(store)] }));
  return readableCheckpoint(await storedBytes(store));
}

test.each([
  ['EarlyStopping', () => new EarlyStopping({ patience: 9, restoreBestWeights: true })],
  ['SwapEMAWeights', () => new SwapEMAWeights({ swapOnEpoch: true })],
] as const)(
  'what %s lets go of while a backup is written is in that backup all the same',
  async (_name, make) => {
    const plain = await storedAtEpochEnd(make(), false);
    expect(JSON.stringify(plain)).toMatch(/"(bestWeights|average)":\["weights/);
    expect(await storedAtEpochEnd(make(), true)).toEqual(plain);
  },
);
