import { activationGradients } from './kernels/activation-gradients.js';
import { batchMatMul } from './kernels/batch-mat-mul.js';
import { batchNormGradients } from './kernels/batch-norm-gradients.js';
import { clipByValue } from './kernels/clip-by-value.js';
import { conv2d } from './kernels/conv-2d.js';
import { conv2dBackpropFilter } from './kernels/conv-2d-backprop-filter.js';
import { conv2dBackpropInput } from './kernels/conv-2d-backprop-input.js';
import { conv3d } from './kernels/conv-3d.js';
import { conv3dBackpropFilter } from './kernels/conv-3d-backprop-filter.js';
import { conv3dBackpropInput } from './kernels/conv-3d-backprop-input.js';
import { depthwiseKernels } from './kernels/depthwise-kernels.js';
import { elementwiseKernels } from './kernels/elementwise-kernels.js';
import { fusedBatchNorm } from './kernels/fused-batch-norm.js';
import { fusedConv2d } from './kernels/fused-conv-2d.js';
import { fusedMatMul } from './kernels/fused-mat-mul.js';
import { gatherV2 } from './kernels/gather.js';
import { optimizerKernels } from './kernels/optimizer-kernels.js';
import { poolKernels } from './kernels/pool-kernels.js';
import { resizeKernels } from './kernels/resize-kernels.js';
import { slice } from './kernels/slice.js';
import { split } from './kernels/split.js';
import { sumKernels } from './kernels/sum-kernels.js';
import { tile } from './kernels/tile.js';
import { transpose } from './kernels/transpose.js';
import { unsortedSegmentSum } from './kernels/unsorted-segment-sum.js';

/**
 * Every kernel of this package by its own name. A backend takes the kernels that it lacks, has wrong, or has
 * slow.
 */
export const jsKernels = {
  ...activationGradients,
  ...batchNormGradients,
  ...depthwiseKernels,
  ...elementwiseKernels,
  ...optimizerKernels,
  ...poolKernels,
  ...resizeKernels,
  ...sumKernels,
  batchMatMul,
  clipByValue,
  conv2d,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  conv3d,
  conv3dBackpropFilter,
  conv3dBackpropInput,
  fusedBatchNorm,
  fusedConv2d,
  fusedMatMul,
  gatherV2,
  slice,
  split,
  tile,
  transpose,
  unsortedSegmentSum,
};
