import type * as tf from '@tensorflow/tfjs-core';
import type { JsKernel } from '../js-kernel.js';
import type { Memory } from '../memory.js';

type OfInput = Record<'dy' | 'inverse' | 'scale', tf.TensorInfo>;
type OfRest = OfInput & Record<'x' | 'mean', tf.TensorInfo>;

/** The gradient of the input: (dy · inverse) · scale, where inverse is 1 / deviation. */
const batchNormInputGradient: JsKernel<OfInput, object> = {
  kernelName: 'KeepfitBatchNormInputGradient',
  compute({ dy, inverse, scale }, _attrs, memory) {
    const dx = memory.output(dy.shape, 'float32');
    const [slopes, inverses, scales] = [memory.values(dy), memory.values(inverse), memory.values(scale)];
    const out = memory.writable(dx);
    const channels = scales.length;
    for (let at = 0; at < out.length;) {
      for (let n = 0; n < channels; n++, at++)
        out[at] = Math.fround((slopes[at] as number) * (inverses[n] as number)) * (scales[n] as number);
    }
    return dx;
  },
};

/** The gradients of mean, variance, scale and offset, in one pass over x and dy. */
const batchNormSums: JsKernel<OfRest, object, tf.TensorInfo[]> = {
  kernelName: 'KeepfitBatchNormSums',
  compute(inputs, _attrs, memory) {
    const outputs = Array.from({ length: 4 }, () => memory.output(inputs.mean.shape, 'float32'));
    const sums = sumPerChannel(inputs, memory);
    outputs.forEach((output, at) => memory.writable(output).set(sums[at] as Float64Array));
    return outputs;
  },
};

function sumPerChannel({ dy, x, mean, inverse, scale }: OfRest, memory: Memory): Float64Array[] {
  const [slopes, values, means] = [memory.values(dy), memory.values(x), memory.values(mean)];
  const [inverses, scales] = [memory.values(inverse), memory.values(scale)];
  const channels = means.length;
  const [ofMean, ofVariance, ofScale, ofOffset] = [0, 0, 0, 0].map(() => new Float64Array(channels)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const factors = Float32Array.from(
    inverses,
    (value) => Math.fround(Math.fround(value * value) * value) * -0.5,
  );
  for (let at = 0; at < values.length;) {
    for (let n = 0; n < channels; n++, at++) {
      const slope = slopes[at] as number;
      const inverseOfN = inverses[n] as number;
      const scaled = Math.fround(slope * (scales[n] as number));
      const centred = Math.fround((values[at] as number) - (means[n] as number));
      ofMean[n] = (ofMean[n] as number) - Math.fround(inverseOfN * scaled);
      ofVariance[n] =
        (ofVariance[n] as number) + Math.fround(Math.fround((factors[n] as number) * centred) * scaled);
      ofScale[n] = (ofScale[n] as number) + Math.fround(slope * Math.fround(centred * inverseOfN));
      ofOffset[n] = (ofOffset[n] as number) + slope;
    }
  }
  return [ofMean, ofVariance, ofScale, ofOffset];
}

/**
 * Gradients of batch normalization that `@keepfit/fit` asks a backend for, with one mean, 1 / deviation and
 * scale a channel. They round as the ops of tfjs that they replace.
 */
export const batchNormGradients = { batchNormInputGradient, batchNormSums };
