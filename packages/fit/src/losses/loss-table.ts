import type { LossFunction } from '../contract/loss.js';
import { binaryCrossentropy } from './binary-crossentropy.js';
import { binaryFocalCrossentropy } from './binary-focal-crossentropy.js';
import { categoricalCrossentropy } from './categorical-crossentropy.js';
import { categoricalFocalCrossentropy } from './categorical-focal-crossentropy.js';
import { categoricalGeneralizedCrossEntropy } from './categorical-generalized-cross-entropy.js';
import { categoricalHinge } from './categorical-hinge.js';
import { circle } from './circle.js';
import { cosineSimilarity } from './cosine-similarity.js';
import { ctc } from './ctc.js';
import { dice } from './dice.js';
import { hinge } from './hinge.js';
import { huber } from './huber.js';
import { klDivergence } from './kl-divergence.js';
import { logCosh } from './log-cosh.js';
import { meanAbsoluteError } from './mean-absolute-error.js';
import { meanAbsolutePercentageError } from './mean-absolute-percentage-error.js';
import { meanSquaredError } from './mean-squared-error.js';
import { meanSquaredLogarithmicError } from './mean-squared-logarithmic-error.js';
import { poisson } from './poisson.js';
import { sparseCategoricalCrossentropy } from './sparse-categorical-crossentropy.js';
import { squaredHinge } from './squared-hinge.js';
import { tversky } from './tversky.js';

/** Every loss by Keras' name in snake case. Each factory checks its own options. */
export const lossTable = {
  binary_crossentropy: binaryCrossentropy,
  binary_focal_crossentropy: binaryFocalCrossentropy,
  categorical_crossentropy: categoricalCrossentropy,
  categorical_focal_crossentropy: categoricalFocalCrossentropy,
  categorical_generalized_cross_entropy: categoricalGeneralizedCrossEntropy,
  categorical_hinge: categoricalHinge,
  circle,
  cosine_similarity: cosineSimilarity,
  ctc,
  dice,
  hinge,
  huber,
  kl_divergence: klDivergence,
  log_cosh: logCosh,
  mean_absolute_error: meanAbsoluteError,
  mean_absolute_percentage_error: meanAbsolutePercentageError,
  mean_squared_error: meanSquaredError,
  mean_squared_logarithmic_error: meanSquaredLogarithmicError,
  poisson,
  sparse_categorical_crossentropy: sparseCategoricalCrossentropy,
  squared_hinge: squaredHinge,
  tversky,
} as const satisfies Readonly<Record<string, (options?: never) => LossFunction>>;
