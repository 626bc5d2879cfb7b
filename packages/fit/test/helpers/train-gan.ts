import { BackupAndRestore, type CallbackHooks, type History } from '@keepfit/callbacks';
import { type Phase, Trainer } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import * as tf from '@tensorflow/tfjs-core';
import { caught } from './caught.js';
import { plainData } from './plain-data.js';
import { proofOfEnd } from './proof-of-end.js';
import { throwAt } from './throw-at.js';
import { labelLoss, NOISE, twoPartModel, type TwoPartModel } from './two-part-model.js';

/** The phases of a small generative adversarial training. */
export function ganPhases({ generate, judge }: TwoPartModel): Phase[] {
  return [
    {
      name: 'discriminator',
      optimizer: tf.train.adam(0.05),
      weights: 'discriminator',
      loss: ({ x, size }, { random }) => {
        const real = labelLoss(judge(x), 1);
        const fake = labelLoss(judge(generate(random.normal([size, NOISE]))), 0);
        return { loss: tf.add(real, fake), logs: { real } };
      },
    },
    {
      name: 'generator',
      optimizer: tf.train.momentum(0.05, 0.9),
      weights: 'generator',
      loss: ({ size }, { random }) => labelLoss(judge(generate(random.normal([size, NOISE]))), 1),
    },
  ];
}

export interface GanRun {
  readonly history: History;
  readonly weights: Record<string, number[]>;
  /** All that a checkpoint of the end has, as bytes. */
  readonly tensors: Readonly<Record<string, string>>;
}

/** Makes the trainer of a run. */
export type MakeTrainer = (model: TwoPartModel) => Trainer<'optional'>;

export const ganTrainer: MakeTrainer = (model) => new Trainer(model, { phases: ganPhases(model) });

/** Trains to the end, with a crash after each of these counts of batches, each time in a fresh model. */
export async function trainGan(
  crashes: readonly number[] = [],
  make: MakeTrainer = ganTrainer,
  callbacks: readonly CallbackHooks[] = [],
): Promise<GanRun> {
  const store = memoryStore();
  const { x } = plainData(10);
  const options = { epochs: 2, batchSize: 5, seed: 5, verbose: 0, yieldEvery: 0 } as const;
  for (const [attempt, call] of crashes.entries()) {
    const model = twoPartModel(1 + 50 * attempt);
    const crash = throwAt({ hook: 'onTrainBatchEnd', call });
    const backup = new BackupAndRestore(store, { saveFreq: 1 });
    await caught(make(model).fit(x, { ...options, callbacks: [backup, ...callbacks, crash] }));
    model.dispose();
  }
  const model = twoPartModel(1 + 50 * crashes.length);
  const trainer = make(model);
  const backup = new BackupAndRestore(store, { saveFreq: 1, deleteCheckpoint: false });
  const end = proofOfEnd();
  await trainer.fit(x, { ...options, callbacks: [backup, ...callbacks, end] });
  const weights = Object.fromEntries(
    Object.entries(model.variables).map(([name, variable]) => [name, [...variable.dataSync()]]),
  );
  return { history: trainer.history, weights, tensors: end.proof.tensors };
}
