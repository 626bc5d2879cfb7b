import '@tensorflow/tfjs';
import type { CallbackHooks } from '@keepfit/callbacks';
import { seeded } from '@keepfit/fit';
import { fit, getTrainer } from '@keepfit/layers';
import { train } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { type Proof, proofOfEnd } from '../../../fit/test/helpers/proof-of-end.js';
import { countHooks } from '../../../fit/test/helpers/stateful-callbacks.js';
import { BATCH_SIZE, binary, numbers } from '../equivalence/zoo-member.js';

/**
 * The training of which a checkpoint is kept for ever. Never change it: a checkpoint of it must restore in every version to come.
 */
export async function trainFrozen(
  init: number,
  callbacks: readonly CallbackHooks[],
): Promise<{ proof: Proof; history: unknown }> {
  const model = seeded(init, () =>
    sequential({
      layers: [
        layers.lstm({
          units: 2,
          stateful: true,
          batchInputShape: [BATCH_SIZE, 2, 2],
          recurrentInitializer: 'glorotUniform',
        }),
        layers.batchNormalization({ momentum: 0.8 }),
        layers.dropout({ rate: 0.25 }),
        layers.dense({
          units: 1,
          activation: 'sigmoid',
          kernelRegularizer: 'l1l2',
          kernelConstraint: 'maxNorm',
        }),
      ],
    }),
  );
  model.compile({
    optimizer: train.adam(0.02),
    loss: 'binaryCrossentropy',
    metrics: ['accuracy', 'precision'],
  });
  const end = proofOfEnd();
  await fit(model, numbers(12, 0, [2, 2]), binary(12, 0), {
    ...{ epochs: 3, batchSize: BATCH_SIZE, seed: 2 ** 40 + 1, validationSplit: 1 / 3, verbose: 0 },
    callbacks: [countHooks(), ...callbacks, end],
  });
  const { epoch, history } = getTrainer(model).history;
  return { proof: end.proof, history: { epoch, history } };
}
