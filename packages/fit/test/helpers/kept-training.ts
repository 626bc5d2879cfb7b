import {
  type CallbackHooks,
  EarlyStopping,
  LearningRateScheduler,
  ModelCheckpoint,
  ReduceLROnPlateau,
  SwapEMAWeights,
  TerminateOnNaN,
} from '@keepfit/callbacks';
import { type BatchData, type FitOptions, Trainer } from '@keepfit/fit';
import { auc } from '@keepfit/fit/metrics';
import { memoryStore } from '@keepfit/store-memory';
import { train } from '@tensorflow/tfjs-core';
import { createHash } from 'node:crypto';
import { plainData } from './plain-data.js';
import { plainModel } from './plain-model.js';
import { countHooks } from './stateful-callbacks.js';

/** What a kept training ended with. */
export interface KeptEnd {
  /** The SHA-256 of all weights, in the order of the model. */
  readonly weights: string;
  readonly history: Readonly<Record<string, readonly number[]>>;
}

/** Arrays with a part to validate on and without `stepsPerEpoch`, and batches whose number is not known. */
export type KeptKind = 'arrays' | 'batches';

/**
 * A training of which a checkpoint is kept. Never change it: the checkpoint must continue in every version to
 * come.
 */
export async function trainKept(
  kind: KeptKind,
  init: number,
  callbacks: readonly CallbackHooks[],
): Promise<KeptEnd> {
  const model = plainModel(init);
  const trainer = new Trainer(model, {
    // What 'adam' was then.
    optimizer: train.adam(0.001, 0.9, 0.999, 1e-7),
    loss: 'binaryCrossentropy',
    metrics: ['mse', 'accuracy', 'Precision', auc({ numThresholds: 6 })],
    stepsPerExecution: kind === 'arrays' ? 1 : 2,
  });
  const common: FitOptions = {
    ...{ epochs: 4, seed: 2 ** 40 + 5, verbose: 0, yieldEvery: 0 },
    callbacks: [...keptCallbacks(), ...callbacks],
  };
  const { x, y } = plainData(14);
  if (kind === 'arrays') {
    const options = { batchSize: 2, validationSplit: 0.3, classWeight: { 1: 2 } };
    await trainer.fit(x, y, { ...common, ...options });
  } else {
    const [xVal, yVal] = [plainData(5, 20).x, plainData(5, 20).y];
    await trainer.fit(batchesOf(x.data, y.data), {
      ...common,
      ...{ stepsPerEpoch: 4, validationData: [xVal, yVal], validationBatchSize: 2 },
    });
  }
  const hash = createHash('sha256');
  for (const { variable } of model.weights) hash.update(new Uint8Array(variable.dataSync().slice().buffer));
  model.dispose();
  return { weights: hash.digest('hex'), history: trainer.history.history };
}

function keptCallbacks(): CallbackHooks[] {
  return [
    countHooks(),
    new EarlyStopping({ monitor: 'val_loss', patience: 9, restoreBestWeights: true }),
    new ReduceLROnPlateau({ monitor: 'loss', patience: 1, factor: 0.5 }),
    new LearningRateScheduler((_, rate) => rate * 0.9),
    new ModelCheckpoint(memoryStore(), { monitor: 'val_loss', saveBestOnly: true, verbose: 0 }),
    new SwapEMAWeights({ momentum: 0.8 }),
    new TerminateOnNaN(),
  ];
}

/** Seven batches of two samples a pass, with noise that the run's seed decides. */
function batchesOf(x: Float32Array, y: Float32Array): BatchData {
  return function* ({ random }) {
    for (let batch = 0; batch < 7; batch++) {
      const data = x.slice(batch * 6, batch * 6 + 6).map((value) => value + 0.01 * random());
      yield {
        xs: { data, shape: [2, 3] },
        ys: { data: y.slice(batch * 2, batch * 2 + 2), shape: [2, 1] },
      };
    }
  };
}
