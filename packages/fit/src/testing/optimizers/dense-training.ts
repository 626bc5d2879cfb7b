import { BackupAndRestore, type CallbackHooks, type CheckpointStore } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import type { Model, NamedWeight } from '../../contract/model.js';
import { Trainer } from '../../trainer-with-names.js';
import { formatNumbers } from '../backend-kit.js';
import { createValues } from './direct-steps.js';

const BATCH = 2;

/** What is trained, and how. Each run repeats the last one. */
export interface DenseTrainingOptions {
  readonly optimizer: tf.Optimizer;
  /** A number in tfjs' names of the weights, as tfjs counts layers in a process. @default 1 */
  readonly counter?: number;
}

export interface DenseRunOptions {
  readonly steps: number;
  /** The names of weights that are not trained. @default none */
  readonly frozen?: readonly string[];
  /** The store of the backups, one after each step. @default no backups */
  readonly store?: CheckpointStore;
  /** After how many steps the run crashes. @default never */
  readonly crashAfter?: number;
  /** Other data for another number. @default 1 */
  readonly data?: number;
}

export interface DenseTraining {
  /** Trains one epoch of so many steps, and resolves to the loss of each step. */
  run(options: DenseRunOptions): Promise<number[]>;
  /** The numbers of each weight as text. */
  readWeights(): Promise<string>;
  dispose(): void;
}

/** Two dense layers without a last bias; a step takes a millisecond. */
export function createDenseTraining({ optimizer, counter = 1 }: DenseTrainingOptions): DenseTraining {
  const frozen = new Set<string>();
  const model = createModel(counter, frozen);
  const trainer = new Trainer(model, { optimizer, loss: 'meanSquaredError' });
  return {
    async run({ steps, frozen: names = [], store, crashAfter, data = 1 }) {
      frozen.clear();
      for (const name of names) frozen.add(name);
      const rows = steps * BATCH;
      const losses: number[] = [];
      await trainer.fit(
        { data: createValues(data, rows * 4), shape: [rows, 4] },
        { data: createValues(data + 1, rows * 3), shape: [rows, 3] },
        {
          ...{ batchSize: BATCH, seed: 11, verbose: 0 },
          callbacks: [
            recordLosses(losses),
            ...(store === undefined ? [] : [new BackupAndRestore(store, { saveFreq: 1 })]),
            ...(crashAfter === undefined ? [] : [crashBefore(crashAfter)]),
          ],
        },
      );
      return losses;
    },
    async readWeights() {
      const read = model.weights.map(async ({ name, variable }) => {
        return `${name} ${formatNumbers(await variable.data())}`;
      });
      return (await Promise.all(read)).join('; ');
    },
    dispose() {
      tf.dispose(model.weights.map(({ variable }) => variable));
      optimizer.dispose();
    },
  };
}

export const CRASH = 'the crash of this test';

function crashBefore(batch: number): CallbackHooks {
  return {
    onTrainBatchBegin(current) {
      if (current === batch) throw new Error(CRASH);
    },
  };
}

function recordLosses(losses: number[]): CallbackHooks {
  return { batchLogs: true, onTrainBatchEnd: (_, { loss = Number.NaN }) => void losses.push(loss) };
}

/** The first weight; the tests freeze it, so that the positions of all others change. */
export const FIRST_WEIGHT = 'dense/kernel';

function createModel(counter: number, frozen: ReadonlySet<string>): Model {
  const create = (name: string, shape: number[], seed: number): tf.Variable =>
    tf.tidy(() =>
      tf.variable(tf.tensor(createValues(seed, tf.util.sizeFromShape(shape)), shape), true, name),
    );
  const variables = {
    [FIRST_WEIGHT]: create(`keepfit_Dense${counter}/kernel`, [4, 5], 21),
    'dense/bias': create(`keepfit_Dense${counter}/bias`, [5], 22),
    'head/kernel': create(`keepfit_Dense${counter + 1}/kernel`, [5, 3], 23),
  };
  const weights = Object.entries(variables).map(([name, variable]): NamedWeight => {
    return {
      name,
      variable,
      get trainable() {
        return !frozen.has(name);
      },
    };
  });
  const [kernel, bias, head] = Object.values(variables) as [tf.Variable, tf.Variable, tf.Variable];
  return {
    weights,
    call: (x) =>
      tf.matMul(
        tf.tanh(tf.add(tf.matMul(x as tf.Tensor2D, kernel as unknown as tf.Tensor2D), bias)),
        head as unknown as tf.Tensor2D,
      ),
  };
}
