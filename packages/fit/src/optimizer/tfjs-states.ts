import type * as tf from '@tensorflow/tfjs-core';
import { fieldsOf, getOptimizerClass, getOptimizerSettings, hasOwnState } from './optimizer-kind.js';
import type { SavedOptimizer } from './saved-optimizer.js';

/** How a class of Keras continues the state that tfjs' class of the same kind saved. */
interface Kinship {
  /** Keras' class. */
  readonly to: string;
  /** Keras' slots by the fields of tfjs' class that mean the same. */
  readonly slots: Readonly<Record<string, string>>;
}

/**
 * By tfjs' class. Momentum is not here: its velocities have no learning rate in them, and Keras' do. Numbers
 * that follow from the count of iterations, such as powers of betas, are left out.
 */
const KINSHIPS: Readonly<Record<string, Kinship>> = {
  SGD: { to: 'SGD', slots: {} },
  Adam: {
    to: 'Adam',
    slots: { accumulatedFirstMoment: 'momentum', accumulatedSecondMoment: 'velocity' },
  },
  Adamax: { to: 'Adamax', slots: { accumulatedFirstMoment: 'momentum', accumulatedWeightedInfNorm: 'norm' } },
  Adagrad: { to: 'Adagrad', slots: { accumulatedGrads: 'accumulator' } },
  Adadelta: {
    to: 'Adadelta',
    slots: { accumulatedGrads: 'accumulatedGrad', accumulatedUpdates: 'accumulatedDeltaVar' },
  },
  RMSProp: {
    to: 'RMSprop',
    slots: {
      accumulatedMeanSquares: 'velocity',
      accumulatedMoments: 'momentum',
      accumulatedMeanGrads: 'averageGradient',
    },
  },
};

/**
 * A state that tfjs' class saved, in the form that Keras' class of the same kind reads. Undefined if the
 * optimizer is another one, or if the state is not tfjs'.
 *
 * @param tensors The names of the saved tensors of the optimizer.
 */
export function convertTfjsState(
  optimizer: tf.Optimizer,
  { class: saved, numbers, fields, weights, state }: SavedOptimizer,
  tensors: Iterable<string>,
): SavedOptimizer | undefined {
  const kinship = Object.hasOwn(KINSHIPS, saved) ? KINSHIPS[saved] : undefined;
  const isOfTfjs = fields === undefined && weights === undefined && state === undefined;
  if (kinship === undefined || !isOfTfjs || !isOfKeras(optimizer, kinship.to)) return undefined;
  const slots = [...tensors].flatMap((name) => {
    const at = name.indexOf('/');
    const slot = kinship.slots[name.slice(0, at)];
    return at < 0 || slot === undefined || !isKept(slot, optimizer)
      ? []
      : [[[`${slot}/`, name.slice(at + 1), ''], name] as const];
  });
  return { class: kinship.to, numbers, state: [['iterations', numbers['iterations'] ?? 0], ...slots] };
}

/** Whether it is a class of `@keepfit/optimizers`, of whichever copy. */
function isOfKeras(optimizer: tf.Optimizer, className: string): boolean {
  return (
    getOptimizerClass(optimizer) === className &&
    hasOwnState(optimizer) &&
    typeof fieldsOf(optimizer)['getSettings'] === 'function'
  );
}

/** tfjs' RMSProp always has moments, and Keras' only if it uses them. */
function isKept(slot: string, optimizer: tf.Optimizer): boolean {
  if (getOptimizerClass(optimizer) !== 'RMSprop' || slot === 'velocity') return true;
  const { momentum, centered } = getOptimizerSettings(optimizer);
  return slot === 'momentum' ? Number(momentum) > 0 : centered === true;
}
