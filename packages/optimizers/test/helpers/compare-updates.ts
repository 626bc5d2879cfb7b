import * as tf from '@tensorflow/tfjs-core';
import type { OptimizerState } from '../../src/index.js';

/** Any optimizer of this package, whatever its updates compute with. */
export type AnyOptimizer = tf.Optimizer & OptimizerState;

const KERNEL = 'KeepfitUpdate';
const SHAPES = [[7, 5], [5], [33]];

/** Trains some steps with fixed gradients; returns the bits of weights and state after each. */
export async function trainSteps(optimizer: AnyOptimizer, steps = 4): Promise<string[]> {
  const weights = createWeights();
  const states: string[] = [];
  for (let step = 0; step < steps; step++) {
    applyGradients(optimizer, weights, step);
    const state = Object.entries(optimizer.readState()).filter(([, value]) => typeof value !== 'number');
    const tensors = [...weights, ...state.map(([, tensor]) => tensor as tf.Tensor)];
    states.push((await Promise.all(tensors.map(async (tensor) => toText(await tensor.data())))).join('; '));
  }
  tf.dispose(weights);
  optimizer.dispose();
  return states;
}

/** Trains with the backend's kernel taken away, so that the plain ops of tfjs compute. */
export async function withoutKernel<Result>(run: () => Promise<Result>): Promise<Result> {
  const kernel = tf.getKernel(KERNEL, tf.getBackend());
  tf.unregisterKernel(KERNEL, tf.getBackend());
  try {
    return await run();
  } finally {
    tf.registerKernel(kernel);
  }
}

/** The names of the kernels that the second step calls, and how often. */
export async function countKernels(optimizer: AnyOptimizer): Promise<Record<string, number>> {
  const weights = createWeights();
  applyGradients(optimizer, weights, 0);
  const { kernels } = await tf.profile(() => {
    applyGradients(optimizer, weights, 1);
    return tf.scalar(0);
  });
  const counts: Record<string, number> = {};
  for (const { name } of kernels) counts[name] = (counts[name] ?? 0) + 1;
  tf.dispose(weights);
  optimizer.dispose();
  return counts;
}

function createWeights(): tf.Variable[] {
  return tf.tidy(() =>
    SHAPES.map((shape, index) => tf.variable(createTensor(shape, index), true, `compared_Dense1/w${index}`)),
  );
}

function applyGradients(optimizer: AnyOptimizer, weights: readonly tf.Variable[], step: number): void {
  const gradients = weights.map(({ name, shape }, index) => ({
    name,
    tensor: createTensor(shape, 10 * step + index + 5),
  }));
  optimizer.applyGradients(gradients);
  tf.dispose(gradients.map(({ tensor }) => tensor));
}

/** Numbers of all sizes; some are 0, and some so small that tfjs' sign on WASM would take them for 0. */
function createTensor(shape: number[], seed: number): tf.Tensor {
  let state = seed;
  const draw = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, index) =>
    index % 11 === 3 ? 0 : draw() * 10 ** (index % 13 === 5 ? -9 : 2 * draw()),
  );
  return tf.tensor(values, shape);
}

function toText(values: ArrayLike<number>): string {
  return Array.from(values, (value) => (Object.is(value, -0) ? '-0' : String(value))).join();
}
