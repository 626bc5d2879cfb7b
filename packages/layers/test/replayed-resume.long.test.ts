import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore } from '@keepfit/callbacks';
import { seeded, Trainer, useBackend } from '@keepfit/fit';
import { fromLayers } from '@keepfit/layers';
import { memoryStore } from '@keepfit/store-memory';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { caught } from '../../fit/test/helpers/caught.js';
import { sampleCalls } from '../../fit/test/helpers/sample-calls.js';
import { numbers } from './equivalence/zoo-member.js';

type Replay = boolean | 'auto';

const EPOCHS = 3;
const STEPS = EPOCHS * 5;

beforeAll(() => useBackend(cpuBackend()));

/** @param crashAt The step after which a hook throws. */
async function train(replay: Replay, store = memoryStore(), { init = 1, crashAt = 0 } = {}) {
  const model = seeded(init, () =>
    sequential({
      layers: [
        layers.dense({ units: 3, activation: 'tanh', inputShape: [3] }),
        layers.batchNormalization(),
        layers.dropout({ rate: 0.3 }),
        layers.dense({ units: 2 }),
      ],
    }),
  );
  const optimizer = tf.train.adam(0.02);
  const trainer = new Trainer(fromLayers(model), { optimizer, loss: 'meanSquaredError' });
  let step = 0;
  const crash = {
    onTrainBatchEnd() {
      if (++step === crashAt) throw new Error('crash');
    },
  };
  try {
    await trainer.fit(numbers(9, 0, [3]), numbers(9, 0, [2], 1), {
      ...{ epochs: EPOCHS, batchSize: 2, seed: 2, verbose: 0, replay },
      callbacks: [new BackupAndRestore(store, { saveFreq: 3 }), crash],
    });
    return { history: trainer.history, weights: model.getWeights().map((weight) => [...weight.dataSync()]) };
  } finally {
    optimizer.dispose();
    model.dispose();
  }
}

test.each<[Replay, Replay]>([
  [false, 'auto'],
  ['auto', false],
  ['auto', 'auto'],
])(
  'a crash after any step: replay %s continues with replay %s, with the same bits',
  async (first, second) => {
    const whole = await train(false);
    for (const crashAt of sampleCalls(STEPS - 1, 3)) {
      const store = memoryStore();
      const error = await caught(train(first, store, { crashAt }));
      expect(error.message).toContain('crash');
      expect(await train(second, store, { init: 9 })).toEqual(whole);
    }
  },
);
