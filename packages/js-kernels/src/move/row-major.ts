import { util } from '@tensorflow/tfjs-core';
import type { Walk } from './copy-strided.js';

/** The axes of a row-major tensor. */
export function rowMajor(shape: readonly number[]): Walk[] {
  return shape.map((size, axis) => ({ size, stride: util.sizeFromShape([...shape.slice(axis + 1)]) }));
}
