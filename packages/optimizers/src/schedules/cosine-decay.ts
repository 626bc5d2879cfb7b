import { ABOVE_0, FROM_0 } from '@keepfit/callbacks/internal';
import type { NamedSchedule } from '../contract/schedule.js';
import { createSchedule, cosineOfPi } from './create-schedule.js';

export interface CosineDecayOptions {
  /** The rate of step 0: of the decay, or of the rise if there is one. */
  readonly initialLearningRate: number;
  /** The length of the decay, in steps. */
  readonly decaySteps: number;
  /**
   * The last rate as a share of the highest.
   *
   * @default 0
   */
  readonly alpha?: number;
  /**
   * The rate to which the rise goes.
   *
   * @default there is no rise
   */
  readonly warmupTarget?: number;
  /**
   * The length of the rise, in steps.
   *
   * @default 0
   */
  readonly warmupSteps?: number;
}

/**
 * Goes down along half a wave of the cosine, within `decaySteps` steps, after an optional rise along a line
 * (Loshchilov and Hutter, https://arxiv.org/abs/1608.03983).
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown, invalid, or missing.
 */
export function cosineDecay(options: CosineDecayOptions): NamedSchedule {
  return createSchedule(
    'CosineDecay',
    options,
    {
      initialLearningRate: FROM_0,
      decaySteps: ABOVE_0,
      alpha: FROM_0,
      warmupTarget: FROM_0,
      warmupSteps: FROM_0,
    },
    { alpha: 0, warmupTarget: undefined, warmupSteps: 0 },
    (step, { initialLearningRate, alpha, decaySteps, warmupTarget, warmupSteps }) => {
      const initial = Math.fround(initialLearningRate);
      const [target, rise] =
        warmupTarget === undefined ? [initial, 0] : [Math.fround(warmupTarget), Math.fround(warmupSteps)];
      if (step < rise)
        return Math.fround(Math.fround(Math.fround(target - initial) * Math.fround(step / rise)) + initial);
      const steps = Math.fround(decaySteps);
      const share = Math.fround(Math.min(Math.fround(step - rise), steps) / steps);
      const wave = Math.fround(0.5 * Math.fround(1 + cosineOfPi(share)));
      return Math.fround(
        target * Math.fround(Math.fround(Math.fround(1 - alpha) * wave) + Math.fround(alpha)),
      );
    },
  );
}
