import type { OptionRule } from '@keepfit/callbacks/internal';
import type { NamedSchedule } from '../contract/schedule.js';
import { createSchedule, NUMBER, RATE, STEPS, cosineOfPi } from './create-schedule.js';

const { fround } = Math;

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
  const { initialLearningRate, firstDecaySteps, alpha = 0, tMul = 2, mMul = 1 } = options;
  return createSchedule(
    'CosineDecayRestarts',
    options,
    { initialLearningRate: RATE, firstDecaySteps: STEPS, tMul: AT_LEAST_1, mMul: RATE, alpha: NUMBER },
    ['initialLearningRate', 'firstDecaySteps'],
    (step) => {
      const [restarts, share] = findDecay(fround(step / fround(firstDecaySteps)), fround(tMul));
      const height = fround(0.5 * fround(Math.pow(fround(mMul), restarts)));
      const wave = fround(height * fround(1 + cosineOfPi(share)));
      const factor = fround(fround(fround(1 - fround(alpha)) * wave) + fround(alpha));
      return fround(fround(initialLearningRate) * factor);
    },
  );
}

const AT_LEAST_1: OptionRule = [
  (value) => Number.isFinite(value) && (value as number) >= 1,
  'a finite number of at least 1',
];

/** How many decays ended before a step, and its place in the present one, from 0 to 1. */
function findDecay(decays: number, factor: number): readonly [restarts: number, share: number] {
  if (factor === 1) return [Math.floor(decays), fround(decays - Math.floor(decays))];
  const grown = fround(1 - fround(decays * fround(1 - factor)));
  const restarts = Math.floor(fround(fround(Math.log(grown)) / fround(Math.log(factor))));
  const length = fround(Math.pow(factor, restarts));
  const before = fround(fround(1 - length) / fround(1 - factor));
  return [restarts, fround(fround(decays - before) / length)];
}
