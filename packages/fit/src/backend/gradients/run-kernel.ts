import { engine, type Tensor } from '@tensorflow/tfjs-core';

/** Runs a kernel for which tfjs-core exports no op, as it does for those that compute gradients. */
export function runKernel(name: string, inputs: Record<string, Tensor>, attrs: object = {}): Tensor {
  return engine().runKernel(name, inputs, attrs as Parameters<ReturnType<typeof engine>['runKernel']>[2]);
}
