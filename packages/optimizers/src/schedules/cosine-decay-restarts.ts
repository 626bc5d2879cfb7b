import { ABOVE_0, FROM_0 } from '@keepfit/callbacks/internal';
import type { NamedSchedule } from '../contract/schedule.js';
import { createSchedule, cosineOfPi } from './create-schedule.js';

export interface CosineDecayRestartsOptions {
  /** The rate of step 0. */
  readonly initialLearningRate: number;
  /** The length of the first decay, in steps. */
  readonly firstDecaySteps: number;
  /**
   * The length of each decay as a multiple of the one before.
   *
   * @default 2
   */
  readonly tMul?: number;
  /**
   * The first rate of each decay as a multiple of the one before.
   *
   * @default 1
   */
  readonly mMul?: number;
  /**
   * The last rate of a decay as a share of the first.
   *
   * @default 0
   */
  readonly alpha?: number;
}

/**
 * Goes down along half a wave of the cosine, again and again (Loshchilov and Hutter,
 * https://arxiv.org/abs/1608.03983).
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown, invalid, or missing.
 */
export function cosineDecayRestarts(options: CosineDecayRestartsOptions): NamedSchedule {
  return createSchedule(
    'CosineDecayRestarts',
    options,
    { initialLearningRate: FROM_0, firstDecaySteps: ABOVE_0, tMul: ABOVE_0, mMul: FROM_0, alpha: FROM_0 },
    { alpha: 0, tMul: 2, mMul: 1 },
    (step, { initialLearningRate, firstDecaySteps, alpha, tMul, mMul }) => {
      const [restarts, share] = findDecay(
        Math.fround(step / Math.fround(firstDecaySteps)),
        Math.fround(tMul),
      );
      const height = Math.fround(0.5 * Math.fround(Math.pow(Math.fround(mMul), restarts)));
      const wave = Math.fround(height * Math.fround(1 + cosineOfPi(share)));
      const factor = Math.fround(
        Math.fround(Math.fround(1 - Math.fround(alpha)) * wave) + Math.fround(alpha),
      );
      return Math.fround(Math.fround(initialLearningRate) * factor);
    },
  );
}

/** How many decays ended before a step, and its place in the present one, from 0 to 1. */
function findDecay(decays: number, factor: number): readonly [restarts: number, share: number] {
  if (factor === 1) return [Math.floor(decays), Math.fround(decays - Math.floor(decays))];
  const grown = Math.fround(1 - Math.fround(decays * Math.fround(1 - factor)));
  const restarts = Math.floor(Math.fround(Math.fround(Math.log(grown)) / Math.fround(Math.log(factor))));
  const length = Math.fround(Math.pow(factor, restarts));
  const before = Math.fround(Math.fround(1 - length) / Math.fround(1 - factor));
  return [restarts, Math.fround(Math.fround(decays - before) / length)];
}
