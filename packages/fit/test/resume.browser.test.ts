import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CallbackHooks } from '@keepfit/callbacks';
import { untilHidden, useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { throwAt } from './helpers/throw-at.js';
import { trainNoisy } from './helpers/train-noisy.js';

beforeAll(async () => {
  // No tfjs-layers here: fit loads the gradient table itself.
  expect(tf.getGradient('BatchMatMul')).toBeUndefined();
  await useBackend(cpuBackend());
});

test('a run that crashes in a browser ends with the bytes of one that does not', async () => {
  const whole = await trainNoisy([]);
  for (const crash of [1, 4, 5, 9]) {
    const store = memoryStore();
    await expect(
      trainNoisy([
        new BackupAndRestore(store, { saveFreq: 2 }),
        throwAt({ hook: 'onTrainBatchEnd', call: crash }),
      ]),
    ).rejects.toMatchObject({ code: 'KEEPFIT_HOOK_FAILED' });
    expect(await trainNoisy([new BackupAndRestore(store, { saveFreq: 2 })])).toEqual(whole);
  }
});

test('untilHidden backs up and ends the training when the page is frozen, and the next fit continues exactly', async () => {
  const whole = await trainNoisy([]);
  const store = memoryStore();
  const freeze: CallbackHooks = {
    onTrainBatchEnd(batch) {
      if (batch === 2) document.dispatchEvent(new Event('freeze'));
    },
  };
  const frozen = untilHidden((preemption) =>
    trainNoisy([new BackupAndRestore(store, { preemption }), freeze]),
  );
  await expect(frozen).rejects.toMatchObject({ code: 'KEEPFIT_INTERRUPTED' });
  expect(await new BackupAndRestore(store).peek()).toMatchObject({ epoch: 0 });
  expect(await trainNoisy([new BackupAndRestore(store)])).toEqual(whole);
});
