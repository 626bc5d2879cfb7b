import { KeepfitError } from '@keepfit/callbacks';
import { formatValue, isCount, printWarning } from '@keepfit/callbacks/internal';
import type { ArrayData } from './array-source.js';
import { getRowSize, type HostArray } from './host-array.js';
import { isPlainObject } from './plain-objects.js';

/**
 * How much the samples of each class count for the loss, by class number: a record or a Map. Other classes
 * count 1.
 */
export type ClassWeight = Readonly<Record<number, number>> | ReadonlyMap<number, number>;

/**
 * Reads class weights. `owner` is for the message: `fit`, `trainOnBatch`.
 *
 * @throws KEEPFIT_INVALID_OPTION when they are no record or Map, a key is no class number, or a value is no
 * finite number from 0.
 */
export function readClassWeight(owner: string, given: ClassWeight): ReadonlyMap<number, number> {
  const weights = new Map<number, number>();
  for (const [key, weight] of listEntries(owner, given)) {
    const label = toClassNumber(key);
    if (label === undefined) {
      throw invalid(
        owner,
        `has the key ${formatValue(key)}, which is no class number; count classes from 0, as the targets do: { 0: 1, 1: 5 }`,
      );
    }
    if (typeof weight !== 'number' || !Number.isFinite(weight) || weight < 0) {
      throw invalid(
        owner,
        `gives class ${label} the weight ${formatValue(weight)}; give a finite number from 0`,
      );
    }
    if (weights.has(label))
      throw invalid(owner, `gives class ${label} two weights, as a number and as text; give one`);
    weights.set(label, weight);
  }
  return weights;
}

/** Class weights for the fingerprint: a Map and a record of the same content are equal. */
export function describeClassWeight(given: ClassWeight | undefined): Record<string, number> | null {
  return given === undefined ? null : Object.fromEntries(readClassWeight('fit', given));
}

/**
 * Multiplies each sample's weight by its class's. The targets must tell one class for each sample: class
 * numbers, [samples] or [samples, 1], or one-hot rows, [samples, classes]. Warns if no sample has a class with
 * a weight.
 *
 * @throws KEEPFIT_INVALID_DATA when they do not.
 * @throws KEEPFIT_INVALID_OPTION when a class number is beyond the one-hot rows.
 */
export function applyClassWeight(
  owner: string,
  data: ArrayData,
  classWeight: ClassWeight,
  { areNumbers, warn = printWarning }: TargetReading,
): ArrayData {
  const weights = readClassWeight(owner, classWeight);
  const labels = readLabels(owner, data, areNumbers);
  checkRange(owner, labels.classes, weights);
  const given = data.sampleWeights?.data;
  let met = 0;
  const values = Float32Array.from({ length: data.samples }, (_, row) => {
    const weight = weights.get(labels.at(row));
    if (weight !== undefined) met += 1;
    return (given?.[row] ?? 1) * (weight ?? 1);
  });
  if (met === 0) {
    const classes = [...weights.keys()].join(', ');
    warn(
      `keepfit: classWeight of ${owner} has no effect: none of the ${data.samples} samples has a class that it ` +
        `weights (${classes || 'it weights none'}). Compare its keys with the class numbers in the targets`,
    );
  }
  return { ...data, sampleWeights: { data: values, shape: [data.samples], dtype: 'float32' } };
}

export interface TargetReading {
  /** Whether the loss reads each value as a class number: a row of several is then not one-hot. */
  readonly areNumbers: boolean;
  /** Takes the warning that no sample has a class with a weight. */
  readonly warn?: (message: string) => void;
}

interface Labels {
  /** How many classes the targets can tell apart; undefined if they are class numbers. */
  readonly classes: number | undefined;
  /** @throws KEEPFIT_INVALID_DATA when the row tells no class. */
  at(row: number): number;
}

function readLabels(owner: string, { targets }: ArrayData, areNumbers: boolean): Labels {
  const [target] = targets;
  if (target === undefined || targets.length > 1) {
    throw unreadable(owner, `the model has ${targets.length} outputs, and class weights are for one`);
  }
  const width = areNumbers || target.shape.length === 1 ? 1 : (target.shape.at(-1) ?? 0);
  const perSample = getRowSize(target) / width;
  if (perSample !== 1) {
    throw unreadable(
      owner,
      `y has the shape [${target.shape.join(', ')}], which is ${perSample} labels a sample, and class weights are for one`,
    );
  }
  return width === 1
    ? { classes: undefined, at: (row) => readClassNumber(owner, target, row) }
    : { classes: width, at: (row) => readOneHot(owner, target, row, width) };
}

function readClassNumber(owner: string, { data }: HostArray, row: number): number {
  const label = data[row] ?? NaN;
  if (isCount(label)) return label;
  throw unreadable(owner, `y[${row}] is ${formatValue(label)}, which is no class number`);
}

function readOneHot(owner: string, { data }: HostArray, row: number, width: number): number {
  const begin = row * width;
  let label = -1;
  for (let index = 0; index < width; index++) {
    const value = data[begin + index];
    if (value === 0) continue;
    if (value !== 1 || label !== -1) {
      const values = formatValue([...data.subarray(begin, begin + width)]);
      throw unreadable(owner, `y[${row}] is ${values}, which is no one-hot row: one 1, and 0 elsewhere`);
    }
    label = index;
  }
  if (label !== -1) return label;
  throw unreadable(owner, `y[${row}] is all 0, which is no one-hot row: one 1, and 0 elsewhere`);
}

function checkRange(owner: string, classes: number | undefined, weights: ReadonlyMap<number, number>): void {
  if (classes === undefined) return;
  const beyond = [...weights.keys()].find((label) => label >= classes);
  if (beyond === undefined) return;
  throw invalid(
    owner,
    `weights class ${beyond}, and the one-hot targets have the classes 0 to ${classes - 1}`,
  );
}

function listEntries(owner: string, given: unknown): [key: unknown, weight: unknown][] {
  if (Object.prototype.toString.call(given) === '[object Map]') return [...(given as Map<unknown, unknown>)];
  // The keys of a list are its indices.
  if (Array.isArray(given) || ArrayBuffer.isView(given) || isPlainObject(given)) return Object.entries(given);
  throw invalid(
    owner,
    `must be a record or a Map of weights by class number, such as { 1: 5 }, not ${formatValue(given)}`,
  );
}

/** Keys of records are text: `'1'` is class 1. */
function toClassNumber(key: unknown): number | undefined {
  const label = typeof key === 'string' && /^(0|[1-9]\d*)$/.test(key) ? Number(key) : key;
  return isCount(label) ? label : undefined;
}

function invalid(owner: string, what: string): KeepfitError {
  return new KeepfitError('KEEPFIT_INVALID_OPTION', `classWeight of ${owner} ${what}`);
}

function unreadable(owner: string, why: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_INVALID_DATA',
    `classWeight of ${owner} cannot be applied: ${why}. Give each sample its weight with sampleWeight, or for ` +
      'a part of a sample in batches { xs, ys, sampleWeights } of a factory',
  );
}
