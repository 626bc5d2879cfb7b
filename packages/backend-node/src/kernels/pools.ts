import * as tf from '@tensorflow/tfjs-core';
import { type Call, createKernel } from './stock.js';
import {
  cutPadding,
  getPaddedShape,
  isNamedPadding,
  listWindows,
  padToWindows,
  VALID,
  type Windows,
} from './windows.js';

/**
 * Pooling padded by numbers, for which tfjs-node throws. And the gradients of average pooling with tfjs'
 * meaning: its callers expect them divided among all cells of a window, also those in the padding, and
 * TensorFlow divides them among the real ones.
 */
export function createPools(): tf.KernelConfig[] {
  return [
    ...createKernels(2, tf.MaxPool, tf.MaxPoolGrad, tf.AvgPool, tf.AvgPoolGrad),
    ...createKernels(3, tf.MaxPool3D, tf.MaxPool3DGrad, tf.AvgPool3D, tf.AvgPool3DGrad),
  ];
}

function createKernels(
  dimensions: 2 | 3,
  max: string,
  maxGrad: string,
  average: string,
  averageGrad: string,
): tf.KernelConfig[] {
  const find = (
    { attrs }: Call,
    x: tf.TensorInfo,
  ): { named: boolean; type: string; windows: readonly Windows[] } => {
    const info = computeInfo(dimensions, attrs as unknown as tf.AvgPool3DAttrs, x);
    return { named: isNamedPadding(info), type: info.padInfo.type, windows: listWindows(info) };
  };
  return [
    createKernel(max, (call, stock) => {
      const x = call.inputs['x'] as tf.Tensor;
      const { named, windows } = find(call, x);
      return named ? stock(call) : stock(toValid(call, { x: padToWindows(x, windows, -Infinity) }));
    }),
    createKernel(maxGrad, (call, stock) => {
      const input = call.inputs['input'] as tf.Tensor;
      const { named, windows } = find(call, input);
      if (named) return stock(call);
      const padded = padToWindows(input, windows, -Infinity);
      return cutPadding(stock(toValid(call, { input: padded })), input.shape, windows);
    }),
    createKernel(average, (call, stock) => {
      const x = call.inputs['x'] as tf.Tensor;
      const { named, windows } = find(call, x);
      if (named) return stock(call);
      return tf.mul(stock(toValid(call, { x: padToWindows(x, windows) })), createFactors(windows));
    }),
    createKernel(averageGrad, (call, stock) => {
      const input = call.inputs['input'] as tf.TensorInfo;
      const { type, windows } = find(call, input);
      if (type === 'VALID') return stock(call);
      // tfjs-node's kernel takes no values of the input, only its shape.
      const padded = { ...toInfo(input), shape: getPaddedShape(input.shape, windows) };
      return cutPadding(stock(toValid(call, { input: padded })), input.shape, windows);
    }),
  ];
}

function computeInfo(
  dimensions: 2 | 3,
  { filterSize, strides, pad, dimRoundingMode }: tf.AvgPool3DAttrs,
  { shape }: tf.TensorInfo,
): tf.backend_util.Conv2DInfo | tf.backend_util.Conv3DInfo {
  const { computePool2DInfo, computePool3DInfo } = tf.backend_util;
  return dimensions === 2
    ? computePool2DInfo(shape as never, filterSize as never, strides as never, 1, pad, dimRoundingMode)
    : computePool3DInfo(shape as never, filterSize, strides, 1, pad as never, dimRoundingMode);
}

function toValid(call: Call, inputs: tf.NamedTensorInfoMap): Call {
  return {
    ...call,
    inputs: { ...call.inputs, ...inputs },
    attrs: { ...call.attrs, ...VALID },
  };
}

function toInfo({ dataId, shape, dtype }: tf.TensorInfo): tf.TensorInfo {
  return { dataId, shape, dtype };
}

/** The number of cells of each window, divided by the number of its real ones. */
function createFactors(windows: readonly Windows[]): tf.Tensor {
  const factors = windows.map(({ inputs, outputs, size, stride, before }) =>
    Array.from({ length: outputs }, (_, index) => {
      const begin = index * stride - before;
      return size / (Math.min(inputs, begin + size) - Math.max(0, begin));
    }),
  );
  const all = factors.reduce(
    (products, axis) => products.flatMap((product) => axis.map((factor) => product * factor)),
    [1],
  );
  return tf.tensor(all, [1, ...windows.map(({ outputs }) => outputs), 1], 'float32');
}
