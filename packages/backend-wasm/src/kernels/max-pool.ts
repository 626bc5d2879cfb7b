import * as tf from '@tensorflow/tfjs-core';
import type { PoolWindow } from '../simd/simd-exports.js';
import { createSimdKernel, type SimdTools } from '../simd/simd-kernel.js';

type Shape = [number, number, number, number];

/**
 * Pooling by the greatest value, and its gradient, which goes to the first of equal values. tfjs' own loses
 * NaN, and its gradient loses windows without positive values.
 */
export function maxPool(tools: SimdTools): readonly tf.KernelConfig[] {
  const { simd, heap } = tools;
  return [
    createSimdKernel<{ x: tf.TensorInfo }, tf.MaxPoolAttrs>('MaxPool', tools, ({ x }, attrs) => {
      checkFloats(x);
      const { info, window } = getPool(x, attrs);
      const y = heap.output(info.outShape);
      const { inHeight, inWidth, inChannels } = info;
      for (let image = 0; image < info.batchSize; image++) {
        const from = heap.address(x) + image * inHeight * inWidth * inChannels * 4;
        const to = heap.address(y) + image * info.outHeight * info.outWidth * inChannels * 4;
        simd.maxPool(from, inHeight, inWidth, inChannels, to, ...window);
      }
      return y;
    }),
    createSimdKernel<{ dy: tf.TensorInfo; input: tf.TensorInfo }, tf.MaxPoolGradAttrs>(
      'MaxPoolGrad',
      tools,
      ({ dy, input }, attrs) => {
        const { info, window } = getPool(input, attrs);
        const dx = heap.output(info.inShape);
        const { inHeight, inWidth, inChannels } = info;
        for (let image = 0; image < info.batchSize; image++) {
          const at = image * inHeight * inWidth * inChannels * 4;
          const from = heap.address(dy) + image * info.outHeight * info.outWidth * inChannels * 4;
          simd.maxPoolGradient(
            heap.address(input) + at,
            inHeight,
            inWidth,
            inChannels,
            from,
            heap.address(dx) + at,
            ...window,
          );
        }
        return dx;
      },
    ),
  ];
}

function getPool(
  x: tf.TensorInfo,
  attrs: tf.MaxPoolAttrs,
): { info: tf.backend_util.Conv2DInfo; window: PoolWindow } {
  const info = tf.backend_util.computePool2DInfo(
    x.shape as Shape,
    attrs.filterSize,
    attrs.strides,
    1,
    attrs.pad,
    attrs.dimRoundingMode,
  );
  const { outHeight, outWidth, filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info;
  const { top, left } = padInfo;
  return {
    info,
    window: [outHeight, outWidth, filterHeight, filterWidth, strideHeight, strideWidth, top, left],
  };
}

function checkFloats(x: tf.TensorInfo): void {
  if (x.dtype !== 'float32') throw new Error(`the wasm backend pools float32 images, not ${x.dtype}`);
}
