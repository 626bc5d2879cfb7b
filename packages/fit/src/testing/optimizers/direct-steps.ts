import * as tf from '@tensorflow/tfjs-core';
import type { NamedWeight } from '../../contract/model.js';
import { minimize } from '../../optimizer/minimize.js';
import { readOptimizer } from '../../optimizer/read-optimizer.js';
import { SlotOrder } from '../../optimizer/slot-order.js';
import { formatNumbers } from '../backend-kit.js';

/** Weights whose gradients are known numbers, trained step by step without `fit`. Each repeats the last. */
export interface DirectSteps {
  /** Trains one step. Another optimizer may continue what one began. */
  step(optimizer: tf.Optimizer, options?: DirectStepOptions): void;
  /** The numbers of these weights, or of all, as text. */
  readWeights(names?: readonly string[]): Promise<string>;
  /** The weights and the state of the optimizer, as they are now. They stay theirs. */
  listTensors(optimizer: tf.Optimizer): Promise<tf.Tensor[]>;
  dispose(): void;
}

export interface DirectStepOptions {
  /** The weights that are not trained. @default none */
  readonly frozen?: readonly string[];
  /** The weights whose gradients are 0. @default none */
  readonly still?: readonly string[];
}

/** Two matrices and a vector: whole vectors of 4 numbers, and remainders. */
const SHAPES: Readonly<Record<string, readonly number[]>> = {
  'one/kernel': [7, 5],
  'one/bias': [5],
  'two/kernel': [5, 3],
};

export const [FIRST = '', ...OTHERS] = Object.keys(SHAPES);

/** @param names The weights that there are, in this order. */
export function createDirectSteps(names: readonly string[] = Object.keys(SHAPES)): DirectSteps {
  const variables = new Map(names.map((name) => [name, createVariable(name)]));
  const slots = new SlotOrder();
  let steps = 0;
  const listWeights = (frozen: readonly string[]): NamedWeight[] =>
    [...variables].map(([name, variable]) => ({ name, variable, trainable: !frozen.includes(name) }));
  return {
    step(optimizer, { frozen = [], still = [] } = {}) {
      const weights = listWeights(frozen);
      slots.alignTo(optimizer, weights);
      const trained = weights.filter(({ trainable }) => trainable);
      const gradients = trained.map(({ name }) =>
        createTensor(name, 100 + steps, still.includes(name) ? 0 : 1),
      );
      let value: tf.Scalar | undefined;
      // The gradient of a sum of products is the other factor.
      const loss = (): tf.Scalar =>
        (value = tf.addN(
          trained.map(({ variable }, index) => tf.sum(tf.mul(variable, gradients[index] as tf.Tensor))),
        ) as tf.Scalar);
      minimize(optimizer, loss, trained);
      tf.dispose([...gradients, ...(value === undefined ? [] : [value])]);
      steps += 1;
    },
    async readWeights(only = names) {
      const read = only.map(async (name) => formatNumbers((await variables.get(name)?.data()) ?? []));
      return (await Promise.all(read)).join('; ');
    },
    async listTensors(optimizer) {
      const { tensors, dispose } = await readOptimizer(optimizer, slots.names(listWeights([])));
      dispose();
      return [...variables.values(), ...tensors.values()].filter((tensor) => !tensor.isDisposed);
    },
    dispose: () => tf.dispose([...variables.values()]),
  };
}

function createVariable(name: string): tf.Variable {
  return tf.tidy(() => tf.variable(createTensor(name, 1, 1), true, `keepfit_${name}`));
}

function createTensor(name: string, seed: number, factor: number): tf.Tensor {
  const shape = [...(SHAPES[name] ?? [])];
  const values = createValues(seed + 7 * name.length, tf.util.sizeFromShape(shape));
  return tf.tensor(
    values.map((value) => value * factor),
    shape,
  );
}

/** Numbers from -1 to 1 without an order, the same for the same seed. */
export function createValues(seed: number, length: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}
