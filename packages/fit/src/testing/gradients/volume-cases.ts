import * as tf from '@tensorflow/tfjs-core';
import { convolve, convolveBack } from './convolve.js';
import type { GradientCase } from './gradient-case.js';
import { sampleValues } from './values.js';

/** Transposed convolutions, and convolutions in three dimensions. */
export function volumeCases(): GradientCase[] {
  return [...transposedPlane(), ...volume(), ...transposedVolume()];
}

function transposedPlane(): GradientCase[] {
  const settings = [
    { image: [3, 3], size: 3, stride: 1, pad: 'same', out: [3, 3] },
    { image: [3, 2], size: 2, stride: 2, pad: 'same', out: [6, 4] },
    { image: [3, 3], size: 3, stride: 2, pad: 'same', out: [5, 6] },
    { image: [2, 3], size: 3, stride: 2, pad: 'valid', out: [5, 7] },
    { image: [2, 2], size: 2, stride: 3, pad: 'valid', out: [5, 5] },
  ] as const;
  return settings.map(({ image, size, stride, pad, out }) => {
    const shape = [2, ...out, 3] as const;
    return {
      name: `conv2dTranspose of [${image.join()}] to [${out.join()}], filters of ${size}, stride ${stride}, pad ${pad}`,
      op: (y, filter) => tf.conv2dTranspose(y as tf.Tensor4D, filter as tf.Tensor4D, [...shape], stride, pad),
      reference: (y, filter) => convolveBack(y, filter, shape, { stride, pad }),
      inputs: [sampleValues([2, ...image, 2], -1, 1, 1), sampleValues([size, size, 3, 2], -1, 1, 5)],
    };
  });
}

function volume(): GradientCase[] {
  const settings = [
    { image: [3, 4, 3], size: [2, 2, 2], stride: 1, pad: 'valid', rate: 1 },
    { image: [3, 3, 4], size: [3, 2, 3], stride: 1, pad: 'same', rate: 1 },
    { image: [4, 3, 3], size: [2, 2, 2], stride: 2, pad: 'same', rate: 1 },
    { image: [4, 4, 3], size: [2, 2, 2], stride: 1, pad: 'valid', rate: 2 },
  ] as const;
  return settings.map(({ image, size, stride, pad, rate }) => ({
    name: `conv3d of [${image.join()}], filters of [${size.join()}], stride ${stride}, pad ${pad}${rate > 1 ? `, dilated by ${rate}` : ''}`,
    op: (x, filter) => tf.conv3d(x as tf.Tensor5D, filter as tf.Tensor5D, stride, pad, 'NDHWC', rate),
    reference: (x, filter) => convolve(x, filter, { stride, pad, rate }),
    inputs: [sampleValues([2, ...image, 2], -1, 1, 1), sampleValues([...size, 2, 2], -1, 1, 5)],
  }));
}

function transposedVolume(): GradientCase[] {
  return [
    { stride: 1, pad: 'valid', out: [3, 3, 4] } as const,
    { stride: 2, pad: 'same', out: [4, 4, 5] } as const,
  ].map(({ stride, pad, out }) => {
    const shape = [1, ...out, 2] as const;
    return {
      name: `conv3dTranspose to [${out.join()}], stride ${stride}, pad ${pad}`,
      op: (y, filter) => tf.conv3dTranspose(y as tf.Tensor5D, filter as tf.Tensor5D, [...shape], stride, pad),
      reference: (y, filter) => convolveBack(y, filter, shape, { stride, pad }),
      inputs: [sampleValues([1, 2, 2, 3, 2], -1, 1, 1), sampleValues([2, 2, 2, 2, 2], -1, 1, 5)],
    };
  });
}
