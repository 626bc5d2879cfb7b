import type * as tf from '@tensorflow/tfjs-core';
import { createConvolutions } from './kernels/convolutions.js';
import { createGather } from './kernels/gather.js';
import { createPools } from './kernels/pools.js';

/** The kernels that replace tfjs-node's own because these are wrong in training, or throw. */
export function listKernels(): tf.KernelConfig[] {
  return [...createConvolutions(), ...createPools(), createGather()];
}
