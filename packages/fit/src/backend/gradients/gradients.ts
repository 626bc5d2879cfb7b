import type * as tf from '@tensorflow/tfjs-core';
import { batchNormGradient } from './batch-norm-gradient.js';
import { broadcastGradients } from './broadcast-gradients.js';
import { convolutionGradients, fusedConvolutionGradients } from './convolution-gradients.js';
import { elementwiseGradients } from './elementwise-gradients.js';
import { gatherGradient } from './gather-gradient.js';
import { fastGradients } from './fast-gradients.js';
import { poolGradients } from './pool-gradients.js';
import { reductionGradients } from './reduction-gradients.js';
import { resizeGradients } from './resize-gradients.js';
import { shapeGradients } from './shape-gradients.js';

/**
 * The gradients that tfjs-core 4.22 computes wrongly, not at all, or in too many steps. Those that tfjs
 * computes correctly keep the same bits.
 */
export const gradients: readonly tf.GradConfig[] = [
  ...broadcastGradients,
  ...poolGradients,
  ...convolutionGradients,
  ...fusedConvolutionGradients,
  ...reductionGradients,
  ...shapeGradients,
  ...resizeGradients,
  ...elementwiseGradients,
  ...fastGradients,
  gatherGradient,
  batchNormGradient,
];
