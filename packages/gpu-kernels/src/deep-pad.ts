import * as tf from '@tensorflow/tfjs-core';
import { type GpuName, getStockKernel } from './stock.js';

interface PadAttrs {
  readonly paddings: readonly (readonly [number, number])[];
  readonly constantValue: number;
}

/**
 * Pads tensors of more than four dimensions one dimension at a time. tfjs' own shaders for them do not
 * compile, or give wrong values.
 */
export function createDeepPad(backendName: GpuName): tf.KernelConfig {
  const stock = getStockKernel('PadV2', backendName);
  return {
    kernelName: 'PadV2',
    backendName,
    kernelFunc: (call) =>
      (call.inputs['x'] as tf.Tensor).shape.length > 4
        ? padDeep(call.inputs['x'] as tf.Tensor, call.attrs as object)
        : stock(call),
  };
}

function padDeep(x: tf.Tensor, attrs: object): tf.Tensor {
  const { paddings, constantValue } = attrs as PadAttrs;
  return tf.tidy(() =>
    paddings.reduce((padded: tf.Tensor, [before, after], axis) => {
      if (before === 0 && after === 0) return padded;
      const { shape } = padded;
      const [outer, length, inner] = [
        multiplySizes(shape.slice(0, axis)),
        shape[axis] ?? 1,
        multiplySizes(shape.slice(axis + 1)),
      ];
      const rows = tf.pad(
        tf.reshape(padded, [outer, length, inner]),
        [
          [0, 0],
          [before, after],
          [0, 0],
        ],
        constantValue,
      );
      return tf.reshape(
        rows,
        shape.map((size, index) => (index === axis ? before + length + after : size)),
      );
    }, x.clone()),
  );
}

function multiplySizes(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total * size, 1);
}
