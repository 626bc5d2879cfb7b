import { Callback } from './callback.js';
import { checkRateIsSettable } from './check-rate-is-settable.js';
import { checkOptions } from '../checks/check-options.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import { formatValue } from '../checks/format-value.js';
import { printText } from '../contract/print.js';

/** Returns the learning rate for an epoch, from 0, given the current one. */
export type LearningRateSchedule = (epoch: number, learningRate: number) => number;

export interface LearningRateSchedulerOptions {
  /** 1 logs each epoch's learning rate. @default 0 */
  readonly verbose?: 0 | 1;
}

/**
 * Sets the learning rate at the beginning of each epoch, and adds it as `learning_rate` to the epoch's logs.
 *
 * ```ts
 * new LearningRateScheduler((epoch, rate) => (epoch < 10 ? rate : rate * Math.exp(-0.1)))
 * ```
 *
 * Has no state: the learning rate is in every checkpoint, and a resumed epoch keeps the rate with which it
 * began. If the schedule does not return a finite number, or the optimizer has a schedule of its own, its hook
 * throws KEEPFIT_INVALID_OPTION.
 */
export class LearningRateScheduler extends Callback {
  override readonly name = 'LearningRateScheduler';
  readonly #schedule: LearningRateSchedule;
  readonly #verbose: 0 | 1;

  /** @throws KEEPFIT_INVALID_OPTION when the schedule is not a function, or an option is invalid. */
  constructor(schedule: LearningRateSchedule, options: LearningRateSchedulerOptions = {}) {
    super();
    if (typeof schedule !== 'function') {
      throw new KeepfitError(
        'KEEPFIT_INVALID_OPTION',
        `the schedule of LearningRateScheduler must be a function (epoch, learningRate) => number, not ${formatValue(schedule)}`,
      );
    }
    checkOptions('LearningRateScheduler', options, {
      verbose: [(value) => value === 0 || value === 1, '0 or 1'],
    });
    this.#schedule = schedule;
    this.#verbose = options.verbose ?? 0;
  }

  override onTrainBegin(): void {
    checkRateIsSettable(this.name, this.model);
  }

  override onEpochBegin(epoch: number): void {
    const learningRate: unknown = this.#schedule(epoch, this.model.learningRate);
    if (typeof learningRate !== 'number' || !Number.isFinite(learningRate)) {
      throw new KeepfitError(
        'KEEPFIT_INVALID_OPTION',
        `the schedule of LearningRateScheduler must return a finite number, not ${formatValue(learningRate)} (for epoch ${epoch})`,
      );
    }
    this.model.learningRate = learningRate;
    if (this.#verbose > 0)
      printText(`Epoch ${epoch + 1}: LearningRateScheduler sets the learning rate to ${learningRate}.`);
  }

  override onEpochEnd(_epoch: number, logs: Record<string, number>): void {
    logs['learning_rate'] = this.model.learningRate;
  }
}
