import * as tf from '@tensorflow/tfjs-core';
import type { GpuName } from './stock.js';

/**
 * Runs the backend's shader that gives each value the gradients of the windows in which it is the first of
 * the largest.
 */
type RunFirstMax = (
  backend: unknown,
  window: PooledWindow,
  operands: [x: tf.Tensor, dy: tf.Tensor],
) => tf.TensorInfo;

/**
 * The gradients of max pooling. They go to the first of equal values, as on tfjs' cpu backend and in
 * TensorFlow; tfjs' own kernels take the last.
 */
export function createMaxPoolGrads(backendName: GpuName, run: RunFirstMax): tf.KernelConfig[] {
  const kernelFunc: tf.KernelFunc = ({ inputs, attrs, backend }) => {
    const { dy, input } = inputs as { dy: tf.Tensor; input: tf.Tensor };
    const window = getPooledWindow(input.shape, attrs ?? {});
    return tf.tidy(() => {
      const gradient = run(backend, window, [
        tf.reshape(input, [...window.inShape]),
        tf.reshape(dy, [...window.outShape]),
      ]);
      return tf.reshape(tf.engine().makeTensorFromTensorInfo(gradient), input.shape);
    });
  };
  return ['MaxPoolGrad', 'MaxPool3DGrad'].map((kernelName) => ({ kernelName, backendName, kernelFunc }));
}

/** A max-pooling window over depth, height and width. Pooling of images has depth 1. */
export interface PooledWindow {
  /** The shape of the input: batch, depth, height, width, channels. */
  readonly inShape: readonly number[];
  readonly outShape: readonly number[];
  readonly filter: readonly [number, number, number];
  readonly strides: readonly [number, number, number];
  readonly pads: readonly [number, number, number];
}

interface PoolAttrs {
  readonly filterSize: [number, number] & [number, number, number];
  readonly strides: [number, number] & [number, number, number];
  readonly pad: number | 'valid' | 'same';
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** The window by the attributes that tfjs gives MaxPoolGrad and MaxPool3DGrad. */
function getPooledWindow(shape: number[], attrs: object): PooledWindow {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as PoolAttrs;
  if (shape.length === 5) {
    const info = tf.backend_util.computePool3DInfo(
      shape as Shape5D,
      filterSize,
      strides,
      1,
      pad,
      dimRoundingMode,
    );
    return {
      inShape: shape,
      outShape: info.outShape,
      filter: [info.filterDepth, info.filterHeight, info.filterWidth],
      strides: [info.strideDepth, info.strideHeight, info.strideWidth],
      pads: [info.padInfo.front, info.padInfo.top, info.padInfo.left],
    };
  }
  const info = tf.backend_util.computePool2DInfo(
    shape as Shape4D,
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  return {
    inShape: addDepth(shape),
    outShape: addDepth(info.outShape),
    filter: [1, info.filterHeight, info.filterWidth],
    strides: [1, info.strideHeight, info.strideWidth],
    pads: [0, info.padInfo.top, info.padInfo.left],
  };
}

type Shape4D = [number, number, number, number];
type Shape5D = [number, number, number, number, number];

function addDepth([batch = 0, ...rest]: readonly number[]): number[] {
  return [batch, 1, ...rest];
}
