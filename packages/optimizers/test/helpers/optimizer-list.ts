import {
  adadelta,
  adafactor,
  adagrad,
  adam,
  adamax,
  adamW,
  ftrl,
  lamb,
  lion,
  muon,
  nadam,
  type OptimizerOptions,
  rmsprop,
  scheduleFreeAdamW,
  sgd,
} from '../../src/index.js';
import type { AnyOptimizer } from './compare-updates.js';

type Create = (options: OptimizerOptions) => AnyOptimizer;

/** The optimizers whose updates are one formula for each element. */
export const ELEMENTWISE = {
  adadelta,
  adagrad,
  adam,
  'adam with amsgrad': (options) => adam({ ...options, amsgrad: true }),
  adamax,
  adamW,
  ftrl: (options) => ftrl({ l1RegularizationStrength: 0.01, beta: 0.1, ...options }),
  lion,
  nadam,
  rmsprop,
  'rmsprop with momentum, centred': (options) => rmsprop({ ...options, momentum: 0.9, centered: true }),
  scheduleFreeAdamW,
  sgd,
  'sgd with momentum': (options) => sgd({ ...options, momentum: 0.9 }),
  'sgd with Nesterov momentum': (options) => sgd({ ...options, momentum: 0.9, nesterov: true }),
} satisfies Record<string, Create>;

/** The optimizers that compute with norms, means or powers too. */
export const OTHERS = {
  adafactor,
  'ftrl with another power': (options) => ftrl({ ...options, learningRatePower: -0.4 }),
  lamb,
  muon,
} satisfies Record<string, Create>;
