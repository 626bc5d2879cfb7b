import { Trainer } from '@keepfit/fit';
import { dispose, type Optimizer, train } from '@tensorflow/tfjs-core';
import { BATCH_SIZE, type Part } from '../../../layers/test/equivalence/zoo-member.js';
import { zoo } from '../../../layers/test/equivalence/zoo.js';

const STEPS_PER_EPOCH = 4;
const SAMPLES = STEPS_PER_EPOCH * BATCH_SIZE;

/** The names of the models that `trainZoo` knows. */
export const zooNames: readonly string[] = Object.keys(zoo);

/**
 * Trains a model of the zoo, four steps an epoch. Gives the loss after each step, the mean of its epoch so far,
 * and all weights.
 */
export async function trainZoo(
  name: string,
  epochs: number,
): Promise<{ losses: readonly number[]; weights: readonly (readonly number[])[] }> {
  const member = zoo[name];
  if (member === undefined) throw new Error(`the zoo has no "${name}"`);
  const model = member.build(1);
  const made: Optimizer[] = [];
  const makeOptimizer = (): Optimizer => {
    const optimizer = train.momentum(0.05, 0.5);
    made.push(optimizer);
    return optimizer;
  };
  const losses: number[] = [];
  try {
    const trainer: Trainer =
      member.step === undefined
        ? new Trainer(model, { optimizer: makeOptimizer(), loss: member.loss })
        : new Trainer(model, member.step(model, makeOptimizer));
    const listen = {
      onTrainBatchEnd: (_: number, { loss = Number.NaN }: Record<string, number>) => void losses.push(loss),
      batchLogs: true,
    };
    const [x, y] = [member.inputs(SAMPLES, 0), member.targets(SAMPLES, 0)] as [
      Exclude<Part, string>,
      Exclude<Part, string>,
    ];
    await trainer.fit(x as never, y as never, {
      epochs,
      batchSize: BATCH_SIZE,
      seed: 3,
      verbose: 0,
      callbacks: [listen],
    });
    return {
      losses,
      weights: await Promise.all(
        model.weights.map(async ({ variable }) => Array.from(await variable.data())),
      ),
    };
  } finally {
    for (const optimizer of made) optimizer.dispose();
    dispose(model.weights.map(({ variable }) => variable));
  }
}
