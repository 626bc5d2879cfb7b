import * as tf from '@tensorflow/tfjs-core';
import { createSimdKernel, type SimdTools, withScratch } from '../simd/simd-kernel.js';
import { findOtherKernel } from './other-kernel.js';

interface Inputs {
  readonly x: tf.TensorInfo;
  readonly mean: tf.TensorInfo;
  readonly variance: tf.TensorInfo;
  readonly offset?: tf.TensorInfo;
  readonly scale?: tf.TensorInfo;
}

type FactorViews = [
  factors: Float32Array,
  offsets: Float32Array,
  variances: Float32Array,
  scales: Float32Array | undefined,
  shifts: Float32Array | undefined,
];

/**
 * Batch normalization by one mean, variance, offset and scale a channel; another kernel gets other shapes.
 */
export function fusedBatchNorm(tools: SimdTools, others: readonly tf.KernelConfig[]): tf.KernelConfig {
  const { simd, heap, backend } = tools;
  const other = findOtherKernel('FusedBatchNorm', others);
  return createSimdKernel<Inputs, tf.FusedBatchNormAttrs>('FusedBatchNorm', tools, (inputs, attrs) => {
    const { x, mean, variance, offset, scale } = inputs;
    const channels = x.shape[x.shape.length - 1] ?? 1;
    const isPerChannel = [mean, variance, offset, scale].every(
      (tensor) => tensor === undefined || (tensor.shape.length === 1 && tensor.shape[0] === channels),
    );
    if (!isPerChannel || channels === 0) {
      const given = {
        inputs: inputs as unknown as tf.NamedTensorInfoMap,
        attrs: attrs as unknown as tf.NamedAttrMap,
        backend,
      };
      return other(given) as tf.TensorInfo;
    }
    const y = heap.output(x.shape);
    withScratch(heap, [channels * 4, channels * 4], (factorAt = 0, offsetAt = 0) => {
      // 0 for one that is not given: no tensor is there.
      const given = [variance, scale, offset].map((tensor) =>
        tensor === undefined ? 0 : heap.address(tensor),
      );
      heap.compute([factorAt, offsetAt, ...given], (buffer, ...addresses) => {
        const [factors, offsets, variances, scales, shifts] = addresses.map((at) =>
          at === 0 ? undefined : new Float32Array(buffer, at, channels),
        ) as FactorViews;
        for (let n = 0; n < channels; n++) {
          factors[n] = (scales?.[n] ?? 1) / Math.sqrt((variances[n] ?? 0) + attrs.varianceEpsilon);
          offsets[n] = shifts?.[n] ?? 0;
        }
      });
      const rows = tf.util.sizeFromShape(x.shape.slice(0, -1));
      simd.scaleColumns(
        heap.address(x),
        rows,
        channels,
        heap.address(mean),
        factorAt,
        offsetAt,
        heap.address(y),
      );
    });
    return y;
  });
}
