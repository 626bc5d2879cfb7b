import { jsKernels, createKernelConfig, type JsKernel, type Memory, type Values } from '@keepfit/js-kernels';
import type * as tf from '@tensorflow/tfjs-core';
import { getHeap } from '../heap.js';

type AnyKernel = JsKernel<never, never, tf.TensorInfo | tf.TensorInfo[]>;

/**
 * The kernels in JavaScript on tfjs' heap that replace missing, wrong or slow ones. Call it after tfjs' own are
 * registered.
 *
 * @param fit Fits each to the backend.
 */
export function listJsKernels(fit = fitToHeap): readonly tf.KernelConfig[] {
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
  const slow = [kernels.tile];
  return [...missing, ...wrong, ...slow].map(fit);
}

function fitToHeap(kernel: AnyKernel): tf.KernelConfig {
  return createKernelConfig(kernel, 'wasm', createHeapMemory);
}

/** Shows tfjs' WebAssembly heap to kernels in JavaScript. */
function createHeapMemory(backend: unknown): Memory {
  const heap = getHeap(backend);
  return {
    values(tensor): Values {
      if (tensor.dtype === 'int32') return heap.ints(tensor);
      return tensor.dtype === 'bool' ? heap.bytes(tensor) : heap.floats(tensor);
    },
    output: (shape, dtype) => heap.output(shape, dtype),
    writable(tensor) {
      // Kernels write numbers; the array converts them to its type.
      return this.values(tensor) as Float32Array;
    },
  };
}
