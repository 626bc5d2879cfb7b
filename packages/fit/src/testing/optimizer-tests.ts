import * as tf from '@tensorflow/tfjs-core';
import { applyGradients } from '../optimizer/apply-gradients.js';
import { assertThat, type BackendKit, formatNumbers } from './backend-kit.js';

const STEPS = 4;
/** 35 numbers: whole vectors of 4 and of 16, and a remainder. */
const SHAPE: [number, number] = [7, 5];

const OPTIMIZERS: Readonly<Record<string, () => tf.Optimizer>> = {
  adam: () => tf.train.adam(0.01),
  'adam with other settings': () => tf.train.adam(0.003, 0.8, 0.95, 1e-4),
  sgd: () => tf.train.sgd(0.1),
  momentum: () => tf.train.momentum(0.1, 0.9),
  'Nesterov momentum': () => tf.train.momentum(0.1, 0.9, true),
  rmsprop: () => tf.train.rmsprop(0.01, 0.8, 0.5),
  'centred rmsprop': () => tf.train.rmsprop(0.01, 0.8, 0.5, 1e-3, true),
};

/**
 * Optimizer updates give the numbers of tfjs' own ops, even if a backend's kernels do them in one pass. Both
 * ways run here; on a backend without such kernels they are the same.
 */
export function testOptimizers(kit: BackendKit): void {
  for (const [name, make] of Object.entries(OPTIMIZERS)) {
    kit.test(`optimizers: ${name} updates to the bits of tfjs' own ops, in new memory`, async () => {
      const ours = await runUpdates(make(), (optimizer, weight, gradient) =>
        applyGradients(optimizer, [{ variable: weight, gradient }]),
      );
      const theirs = await runUpdates(make(), (optimizer, weight, tensor) =>
        optimizer.applyGradients([{ name: weight.name, tensor }] as never),
      );
      ours.steps.forEach((numbers, step) =>
        assertThat(
          numbers === theirs.steps[step],
          `after ${step + 1} steps, the weight and the slots must have the same bits`,
        ),
      );
      assertThat(
        ours.iterations === theirs.iterations,
        `the optimizer must count ${theirs.iterations} steps, not ${ours.iterations}`,
      );
      assertThat(
        ours.isKept,
        'an update must not write into the weight’s old values, which a backup may still read',
      );
    });
  }
}

type Update = (optimizer: tf.Optimizer, weight: tf.Variable, gradient: tf.Variable) => void;

/**
 * Returns the weight and all slots after each step, as text, and whether the first step left the old weight
 * unchanged.
 */
async function runUpdates(
  optimizer: tf.Optimizer,
  update: Update,
): Promise<{ steps: string[]; iterations: number; isKept: boolean }> {
  const weight = tf.tidy(() => tf.variable(tf.randomNormal(SHAPE, 0, 1, 'float32', 3)));
  const old = tf.keep(tf.tidy(() => tf.reshape(weight, SHAPE)));
  const before = formatNumbers(await old.data());
  const steps: string[] = [];
  for (let step = 0; step < STEPS; step++) {
    const gradient = tf.tidy(() => tf.variable(tf.randomNormal(SHAPE, 0, 1, 'float32', 10 + step)));
    update(optimizer, weight, gradient);
    gradient.dispose();
    const numbers = await Promise.all(
      [weight, ...listSlots(optimizer)].map(async (tensor) => formatNumbers(await tensor.data())),
    );
    steps.push(numbers.join(';'));
  }
  const isKept = formatNumbers(await old.data()) === before;
  tf.dispose([weight, old]);
  optimizer.dispose();
  return { steps, iterations: optimizer.iterations, isKept };
}

/** Lists the slots in the order of the optimizer's fields: single variables, and lists of them. */
function listSlots(optimizer: tf.Optimizer): tf.Variable[] {
  return Object.values(optimizer).flatMap((field: unknown) => {
    if (field instanceof tf.Variable) return [field];
    return Array.isArray(field) ? field.map(({ variable: slot }: { variable: tf.Variable }) => slot) : [];
  });
}
