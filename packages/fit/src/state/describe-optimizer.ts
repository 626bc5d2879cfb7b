import type { NamedOptimizerView, OptimizerView, StateRecord } from '@keepfit/callbacks';
import type * as tf from '@tensorflow/tfjs-core';
import { findLearningRate, setLearningRate } from '../optimizer/learning-rate.js';
import { getOptimizerClass, getOptimizerSettings } from '../optimizer/optimizer-kind.js';
import type { OptimizerRole } from '../optimizer/optimizer-role.js';
import { describeSchedule, findSchedule } from '../optimizer/schedule.js';
import { toPlain } from './fingerprint.js';

/** What a callback can read of the optimizer now. Frozen, so that setting the rate here, as in Keras, throws. */
export function describeOptimizer(optimizer: tf.Optimizer): OptimizerView {
  const { iterations } = optimizer as Partial<tf.Optimizer>;
  const learningRate = findLearningRate(optimizer);
  const schedule = findSchedule(optimizer);
  return Object.freeze({
    className: getOptimizerClass(optimizer),
    learningRate,
    hasSchedule: schedule !== undefined,
    iterations,
    config: Object.freeze(
      toPlain({
        learningRate: schedule === undefined ? learningRate : describeSchedule(schedule),
        ...getOptimizerSettings(optimizer),
      }) as StateRecord,
    ),
  });
}

/** The optimizers of a training by the names of their phases: to read, and to set their learning rates. */
export function describeOptimizers(
  roles: readonly OptimizerRole[],
): Readonly<Record<string, NamedOptimizerView>> {
  const named = roles.flatMap(({ name, optimizer }) =>
    name === undefined ? [] : [[name, new NamedOptimizer(optimizer)] as const],
  );
  return Object.freeze(Object.fromEntries(named));
}

/** An optimizer as callbacks see it: each property as it is when it is read. */
class NamedOptimizer implements NamedOptimizerView {
  readonly #optimizer: tf.Optimizer;

  constructor(optimizer: tf.Optimizer) {
    this.#optimizer = optimizer;
  }

  get className(): string {
    return describeOptimizer(this.#optimizer).className;
  }

  get learningRate(): number | undefined {
    return findLearningRate(this.#optimizer);
  }

  set learningRate(rate: number) {
    setLearningRate(this.#optimizer, rate);
  }

  get hasSchedule(): boolean {
    return findSchedule(this.#optimizer) !== undefined;
  }

  get iterations(): number | undefined {
    return describeOptimizer(this.#optimizer).iterations;
  }

  get config(): StateRecord {
    return describeOptimizer(this.#optimizer).config;
  }
}
