import type * as tf from '@tensorflow/tfjs-core';
import type { JsKernel } from '../js-kernel.js';
import type { Values } from '../memory.js';

/** Computes the gradient of each element from that of the result and from the saved tensor. */
type Loop<Attrs> = (slopes: Values, saved: Values, out: Float32Array, attrs: Attrs) => void;

/** The gradient of tanh from its result y: (1 - y²) · dy. */
const tanhGradient = createKernel('KeepfitTanhGradient', 'y', (slopes, results, out) => {
  for (let i = 0; i < out.length; i++) {
    const value = results[i] as number;
    out[i] = Math.fround(1 - Math.fround(value * value)) * (slopes[i] as number);
  }
});

/** The gradient of sigmoid from its result y: dy · (y · (1 - y)). */
const sigmoidGradient = createKernel('KeepfitSigmoidGradient', 'y', (slopes, results, out) => {
  for (let i = 0; i < out.length; i++) {
    const value = results[i] as number;
    out[i] = (slopes[i] as number) * Math.fround(value * Math.fround(1 - value));
  }
});

/** The gradient of clipByValue: dy if x is from `low` to `high`, both included, else 0. */
const clipGradient = createKernel<{ readonly low: number; readonly high: number }>(
  'KeepfitClipGradient',
  'x',
  (slopes, values, out, attrs) => {
    const [low, high] = [Math.fround(attrs.low), Math.fround(attrs.high)];
    for (let i = 0; i < out.length; i++) {
      const value = values[i] as number;
      out[i] = value >= low && value <= high ? (slopes[i] as number) : 0;
    }
  },
);

/**
 * The gradient of relu from its result, or from its input: dy · 1 if 0 < x ≤ max, else dy · 0. NaN and
 * infinity stay.
 */
const reluGradient = createKernel<{ readonly max: number }>(
  'KeepfitReluGradient',
  'x',
  (slopes, values, out, { max }) => {
    for (let i = 0; i < out.length; i++) {
      const value = values[i] as number;
      const passes = value > 0 && value <= max ? 1 : 0;
      out[i] = (slopes[i] as number) * (Number.isNaN(value) ? value : passes);
    }
  },
);

/** The gradient of leakyRelu: dy if x > 0, else dy · alpha. */
const leakyReluGradient = createKernel<{ readonly alpha: number }>(
  'KeepfitLeakyReluGradient',
  'x',
  (slopes, values, out, attrs) => {
    const alpha = Math.fround(attrs.alpha);
    for (let i = 0; i < out.length; i++) {
      const slope = slopes[i] as number;
      out[i] = (values[i] as number) > 0 ? slope : slope * alpha;
    }
  },
);

/** The gradient of the square: dy · (x · 2). */
const squareGradient = createKernel('KeepfitSquareGradient', 'x', (slopes, values, out) => {
  for (let i = 0; i < out.length; i++)
    out[i] = (slopes[i] as number) * Math.fround((values[i] as number) * 2);
});

/**
 * The gradient of a maximum or minimum: dy · 1 if a > b, or a ≥ b with `orEqual`, else dy · 0. Each operand is
 * as long as dy, or a single number.
 */
const greaterGradient: JsKernel<Record<'dy' | 'a' | 'b', tf.TensorInfo>, { readonly orEqual: boolean }> = {
  kernelName: 'KeepfitGreaterGradient',
  compute({ dy, a, b }, { orEqual }, memory) {
    const dx = memory.output(dy.shape, 'float32');
    const [slopes, as, bs, out] = [
      memory.values(dy),
      memory.values(a),
      memory.values(b),
      memory.writable(dx),
    ];
    const [stepA, stepB] = [as, bs].map(({ length }) => (length === 1 ? 0 : 1)) as [number, number];
    for (let i = 0; i < out.length; i++) {
      const [first, second] = [as[i * stepA] as number, bs[i * stepB] as number];
      out[i] = (slopes[i] as number) * (first > second || (orEqual && first === second) ? 1 : 0);
    }
    return dx;
  },
};

/**
 * Gradients that `@keepfit/fit` asks a backend for. Each replaces several ops of tfjs and rounds as they do,
 * to the same bits.
 */
export const activationGradients = {
  clipGradient,
  greaterGradient,
  leakyReluGradient,
  reluGradient,
  sigmoidGradient,
  squareGradient,
  tanhGradient,
};

function createKernel<Attrs = object, Saved extends string = string>(
  kernelName: string,
  saved: Saved,
  loop: Loop<Attrs>,
): JsKernel<Record<'dy' | Saved, tf.TensorInfo>, Attrs> {
  return {
    kernelName,
    compute(inputs, attrs, memory) {
      const [dy, from]: [tf.TensorInfo, tf.TensorInfo] = [inputs.dy, inputs[saved]];
      const dx = memory.output(from.shape, 'float32');
      loop(memory.values(dy), memory.values(from), memory.writable(dx), attrs);
      return dx;
    },
  };
}
