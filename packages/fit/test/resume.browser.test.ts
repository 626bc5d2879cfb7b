import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CallbackHooks } from '@keepfit/callbacks';
import { type Model, seeded, Trainer, untilHidden, useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';

const x = { data: Float32Array.from({ length: 60 }, (_, i) => Math.sin(i)), shape: [20, 3] };
const y = { data: Float32Array.from({ length: 20 }, (_, i) => Math.cos(i)), shape: [20, 1] };

beforeAll(async () => {
  // No tfjs-layers here: fit loads the gradient table itself.
  expect(tf.getGradient('BatchMatMul')).toBeUndefined();
  await useBackend(cpuBackend());
});

test('a run that crashes in a browser ends with the bytes of one that does not', async () => {
  const whole = await train([]);
  for (const crash of [1, 4, 5, 9]) {
    const store = memoryStore();
    await expect(
      train([new BackupAndRestore(store, { saveFreq: 2 }), throwAtBatchEnd(crash)]),
    ).rejects.toMatchObject({ code: 'KEEPFIT_HOOK_FAILED' });
    expect(await train([new BackupAndRestore(store, { saveFreq: 2 })])).toEqual(whole);
  }
});

test('untilHidden backs up and ends the training when the page is frozen, and the next fit continues exactly', async () => {
  const whole = await train([]);
  const store = memoryStore();
  const freeze: CallbackHooks = {
    onTrainBatchEnd(batch) {
      if (batch === 2) document.dispatchEvent(new Event('freeze'));
    },
  };
  const frozen = untilHidden((preemption) => train([new BackupAndRestore(store, { preemption }), freeze]));
  await expect(frozen).rejects.toMatchObject({ code: 'KEEPFIT_INTERRUPTED' });
  expect(await new BackupAndRestore(store).peek()).toMatchObject({ epoch: 0 });
  expect(await train([new BackupAndRestore(store)])).toEqual(whole);
});

async function train(callbacks: CallbackHooks[]) {
  const model = seeded(1, noisyModel);
  const trainer = new Trainer(model, { optimizer: 'adam', loss: 'mse', metrics: ['mae'] });
  await trainer.fit(x, y, { epochs: 3, batchSize: 6, seed: 5, verbose: 0, callbacks });
  return {
    weights: model.weights.map(({ variable }) => [...variable.dataSync()]),
    history: trainer.history.history,
  };
}

function noisyModel(): Model {
  const kernel = tf.variable(tf.randomNormal<tf.Rank.R2>([3, 1]));
  return {
    weights: [{ name: 'kernel', variable: kernel, trainable: true }],
    call: (inputs, { training }) => {
      const input = inputs as tf.Tensor2D;
      return tf.matMul(training ? tf.add(input, tf.randomNormal(input.shape)) : input, kernel as tf.Tensor2D);
    },
  };
}

function throwAtBatchEnd(call: number): CallbackHooks {
  let calls = 0;
  return {
    onTrainBatchEnd() {
      calls += 1;
      if (calls === call) throw new Error('crash');
    },
  };
}
