import { kernelConfig, jsKernels } from '@keepfit/js-kernels';
import type { KernelConfig } from '@tensorflow/tfjs-core';
import { heapMemory } from './heap-memory.js';

/** The kernels in plain JavaScript on tfjs' heap that stand in for missing or wrong ones. To be called once tfjs' own are registered. */
export function plainList(): readonly KernelConfig[] {
  const kernels = jsKernels;
  const missing = [
    kernels.conv2dBackpropFilter,
    kernels.depthwiseConv2dBackpropFilter,
    kernels.depthwiseConv2dBackpropInput,
    kernels.unsortedSegmentSum,
  ];
  const wrong = [
    kernels.avgPool,
    kernels.avgPool3d,
    kernels.batchMatMul,
    kernels.clipByValue,
    kernels.conv2d,
    kernels.conv2dBackpropInput,
    kernels.conv3dBackpropFilter,
    kernels.conv3dBackpropInput,
    kernels.fusedBatchNorm,
    kernels.fusedConv2d,
    kernels.fusedMatMul,
    kernels.gatherV2,
    kernels.maximum,
    kernels.maxPool,
    kernels.maxPoolGrad,
    kernels.maxPool3d,
    kernels.maxPool3dGrad,
    kernels.mean,
    kernels.minimum,
    kernels.relu6,
    kernels.resizeBilinearGrad,
    kernels.resizeNearestNeighbor,
    kernels.resizeNearestNeighborGrad,
    kernels.sum,
  ];
  return [...missing, ...wrong].map((kernel) => kernelConfig(kernel, 'wasm', heapMemory));
}
