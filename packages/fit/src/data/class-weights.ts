import { KeepfitError } from '@keepfit/callbacks';
import type { ArrayData } from './array-source.js';
import { getRowSize } from './host-array.js';

/** How much the samples of each class count for the loss, by class number. A class that is not named counts 1. */
export type ClassWeight = Readonly<Record<number, number>>;

/** The data with each sample's weight multiplied by its class's. Targets are class numbers, or one-hot rows. @throws KEEPFIT_INVALID_DATA */
export function applyClassWeight(data: ArrayData, classWeight: ClassWeight): ArrayData {
  const [target] = data.targets;
  if (target === undefined || data.targets.length > 1) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `classWeight is for a model of one output, not of ${data.targets.length}; use sampleWeight`,
    );
  }
  const size = getRowSize(target);
  const given = data.sampleWeights?.data;
  const weights = Float32Array.from({ length: data.samples }, (_, row) => {
    const values = target.data.subarray(row * size, (row + 1) * size);
    const label = size === 1 ? (values[0] ?? NaN) : values.indexOf(Math.max(...values));
    return (given?.[row] ?? 1) * (classWeight[label] ?? 1);
  });
  return { ...data, sampleWeights: { data: weights, shape: [data.samples], dtype: 'float32' } };
}

export function isClassWeight(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((weight) => typeof weight === 'number' && weight >= 0)
  );
}
