import type * as tf from '@tensorflow/tfjs-core';
import type { JsKernel } from '../js-kernel.js';

const { fround } = Math;

/** The gradient of tanh from its result y: (1 - y²) · dy. */
const tanhGradient: JsKernel<Record<'dy' | 'y', tf.TensorInfo>, object> = {
  kernelName: 'KeepfitTanhGradient',
  compute({ dy, y }, _attrs, memory) {
    const dx = memory.output(y.shape, 'float32');
    const [slopes, results, out] = [memory.values(dy), memory.values(y), memory.writable(dx)];
    for (let i = 0; i < out.length; i++) {
      const value = results[i] as number;
      out[i] = fround(1 - fround(value * value)) * (slopes[i] as number);
    }
    return dx;
  },
};

/** The gradient of sigmoid from its result y: dy · (y · (1 - y)). */
const sigmoidGradient: JsKernel<Record<'dy' | 'y', tf.TensorInfo>, object> = {
  kernelName: 'KeepfitSigmoidGradient',
  compute({ dy, y }, _attrs, memory) {
    const dx = memory.output(y.shape, 'float32');
    const [slopes, results, out] = [memory.values(dy), memory.values(y), memory.writable(dx)];
    for (let i = 0; i < out.length; i++) {
      const value = results[i] as number;
      out[i] = (slopes[i] as number) * fround(value * fround(1 - value));
    }
    return dx;
  },
};

/** The gradient of clipByValue: dy if x is from `low` to `high`, both included, else 0. */
const clipGradient: JsKernel<
  Record<'dy' | 'x', tf.TensorInfo>,
  { readonly low: number; readonly high: number }
> = {
  kernelName: 'KeepfitClipGradient',
  compute({ dy, x }, attrs, memory) {
    const [low, high] = [fround(attrs.low), fround(attrs.high)];
    const dx = memory.output(x.shape, 'float32');
    const [slopes, values, out] = [memory.values(dy), memory.values(x), memory.writable(dx)];
    for (let i = 0; i < out.length; i++) {
      const value = values[i] as number;
      out[i] = value >= low && value <= high ? (slopes[i] as number) : 0;
    }
    return dx;
  },
};

/**
 * Gradients that `@keepfit/fit` asks a backend for. Each replaces several ops of tfjs and rounds as they do,
 * to the same bits.
 */
export const activationGradients = { clipGradient, sigmoidGradient, tanhGradient };
