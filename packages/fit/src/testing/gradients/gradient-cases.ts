import { convolutionCases } from './convolution-cases.js';
import { elementwiseCases } from './elementwise-cases.js';
import { gatherCases } from './gather-cases.js';
import type { GradientCase } from './gradient-case.js';
import { matrixCases } from './matrix-cases.js';
import { normalizationCases } from './normalization-cases.js';
import { pairCases } from './pair-cases.js';
import { poolCases } from './pool-cases.js';
import { reductionCases } from './reduction-cases.js';
import { resizeCases } from './resize-cases.js';
import { shapeCases } from './shape-cases.js';
import { volumeCases } from './volume-cases.js';

/**
 * Every op with a gradient that tfjs-layers, or a model of common tfjs-core ops, trains through. The points
 * are those at which gradients are known to go wrong: odd sizes, strides, paddings, dilations, broadcast
 * axes, equal and negative numbers. All names differ.
 */
export function gradientCases(): GradientCase[] {
  return [
    ...elementwiseCases(),
    ...pairCases(),
    ...reductionCases(),
    ...matrixCases(),
    ...convolutionCases(),
    ...volumeCases(),
    ...poolCases(),
    ...shapeCases(),
    ...gatherCases(),
    ...normalizationCases(),
    ...resizeCases(),
  ];
}
