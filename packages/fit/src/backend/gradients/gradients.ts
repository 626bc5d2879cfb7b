import type { GradConfig } from '@tensorflow/tfjs-core';
import { batchNormGradient } from './batch-norm-gradient.js';
import { broadcastGradients } from './broadcast-gradients.js';
import { convolutionGradients } from './convolution-gradients.js';
import { elementwiseGradients } from './elementwise-gradients.js';
import { gatherGradient } from './gather-gradient.js';
import { fastGradients } from './fast-gradients.js';
import { poolGradients } from './pool-gradients.js';
import { reductionGradients } from './reduction-gradients.js';
import { resizeGradients } from './resize-gradients.js';
import { shapeGradients } from './shape-gradients.js';

/** What tfjs-core 4.22 computes wrongly, or not at all, or in more steps than it takes. Where tfjs is right, the results are the same bits. */
export const gradients: readonly GradConfig[] = [
  ...broadcastGradients,
  ...poolGradients,
  ...convolutionGradients,
  ...reductionGradients,
  ...shapeGradients,
  ...resizeGradients,
  ...elementwiseGradients,
  ...fastGradients,
  gatherGradient,
  batchNormGradient,
];
