import { KeepfitError } from '../contract/keepfit-error.js';
import type { TrainerView } from '../contract/trainer-view.js';

/**
 * Checks that a callback can set the learning rate, before the first step of a training.
 *
 * @throws KEEPFIT_INVALID_OPTION when a schedule gives the rate.
 */
export function checkRateIsSettable(name: string, { optimizer }: TrainerView): void {
  if (optimizer.hasSchedule !== true) return;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `${name} cannot set the learning rate because the optimizer ${optimizer.className} has a schedule that gives it; ` +
      `make the optimizer with a number as learningRate, or leave ${name} out`,
  );
}
