import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Memory } from './memory.js';

/** A tfjs kernel in plain JavaScript, for any backend whose tensors JavaScript can read. */
export interface JsKernel<Inputs, Attributes, Outputs = TensorInfo> {
  /** As tfjs' kernel registry knows it. */
  readonly kernelName: string;
  /** Whether it computes with these; what it does not handle goes to tfjs' own kernel. Everything where not defined. */
  handles?(inputs: Inputs, attributes: Attributes): boolean;
  /** Computes with tensors and attributes as tfjs' operations hand them over, and writes to new memory only. */
  compute(inputs: Inputs, attributes: Attributes, memory: Memory): Outputs;
}
