import { KeepfitError, type StateValue } from '@keepfit/callbacks';
import { formatValue, isCount, printWarning } from '@keepfit/callbacks/internal';
import type { ArrayData } from './array-source.js';
import { type ClassLabels, createLabelError, readLabels } from './class-labels.js';
import type { HostArray } from './host-array.js';
import { isPlainObject } from './plain-objects.js';

/**
 * How much the samples of each class count for the loss, by class number: a record or a Map. Other classes
 * count 1.
 */
export type ClassWeight = Readonly<Record<number, number>> | ReadonlyMap<number, number>;

type ByOutput = Readonly<Record<string, ClassWeight | undefined>> | readonly (ClassWeight | undefined)[];

/** Class weights of the only output, or of each output, by name or as a list. An output without any counts 1. */
export type ClassWeights = ClassWeight | ByOutput;

/**
 * Reads class weights. `owner` is for the message: `fit`, `trainOnBatch`.
 *
 * @throws KEEPFIT_INVALID_OPTION when they are no record or Map, a key is no class number, or a value is no
 * finite number from 0.
 */
function readClassWeight(owner: string, given: ClassWeight): ReadonlyMap<number, number> {
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

/**
 * Class weights for the fingerprint: a Map and a record of the same content are equal, and so are a list and a
 * record by output.
 */
export function describeClassWeight(given: ClassWeights | undefined, outputs: OutputNames): StateValue {
  if (given === undefined) return null;
  const byOutput = splitByOutput('fit', given, outputs);
  const describe = (each: ClassWeight | undefined): StateValue =>
    each === undefined ? null : Object.fromEntries(readClassWeight('fit', each));
  return byOutput?.map(describe) ?? describe(given as ClassWeight);
}

/**
 * Checks class weights of one output or of several, as far as the data need not be known.
 *
 * @throws KEEPFIT_INVALID_OPTION when they are none: see `readClassWeight`.
 */
export function checkClassWeight(owner: string, given: ClassWeights): void {
  for (const each of isByOutput(given) ? Object.values(given) : [given as ClassWeight])
    if (each !== undefined && each !== null) readClassWeight(owner, each);
}

/**
 * Multiplies the weights of samples, or of their time steps, by those of their classes. The targets must tell
 * one class for each: see `readLabels`. Warns if no sample has a class with a weight.
 *
 * @throws KEEPFIT_INVALID_DATA when they do not.
 * @throws KEEPFIT_INVALID_OPTION when a class number is beyond the one-hot rows, or an output is unknown.
 */
export function applyClassWeight(
  owner: string,
  data: ArrayData,
  classWeight: ClassWeights,
  reading: TargetReading,
): ArrayData {
  const { targets, sampleWeights: given } = data;
  if (targets.length === 0)
    throw createLabelError(
      owner,
      'the data have no targets, which tell the classes; give y, or sampleWeight',
    );
  const byOutput = splitByOutput(owner, classWeight, reading.outputNames);
  if (byOutput === undefined && targets.length > 1) {
    throw createLabelError(
      owner,
      `the model has ${targets.length} outputs, and class weights are for one; give them by output, as in ` +
        '{ outputName: { 1: 5 } }',
    );
  }
  const names = reading.outputNames.find((list) => list !== undefined);
  const weights = targets.map((target, index) => {
    const ofClasses = byOutput === undefined ? (classWeight as ClassWeight) : byOutput[index];
    const own = given[index] ?? given[0];
    if (ofClasses === undefined) return own ?? createOnes(data.samples);
    const name = targets.length === 1 ? 'y' : `y.${names?.[index] ?? index}`;
    const areNumbers = reading.areNumbers[index] ?? false;
    const made = weighLabels(owner, name, readLabels(owner, name, target, areNumbers), ofClasses, reading);
    return own === undefined ? made : multiply(owner, own, made);
  });
  return { ...data, sampleWeights: weights };
}

/** How the targets are read. */
export interface TargetReading {
  /** For each output whether its loss reads each value as a class number: a row of several is then not one-hot. */
  readonly areNumbers: readonly boolean[];
  readonly outputNames: OutputNames;
  /** Takes the warning that no sample has a class with a weight. */
  readonly warn?: (message: string) => void;
}

/** The names by which outputs may be given, in the model's order. */
export type OutputNames = readonly (readonly string[] | undefined)[];

function weighLabels(
  owner: string,
  name: string,
  labels: ClassLabels,
  classWeight: ClassWeight,
  { warn = printWarning }: TargetReading,
): HostArray {
  const weights = readClassWeight(owner, classWeight);
  checkRange(owner, labels.classes, weights);
  let met = 0;
  const count = labels.shape.reduce((product, size) => product * size, 1);
  const data = Float32Array.from({ length: count }, (_, index) => {
    const weight = weights.get(labels.at(index));
    if (weight !== undefined) met += 1;
    return weight ?? 1;
  });
  if (met === 0) {
    const classes = [...weights.keys()].join(', ');
    warn(
      `keepfit: classWeight of ${owner} has no effect: none of the ${count} ${labels.shape.length === 1 ? 'samples' : 'labels'} has a class that it ` +
        `weights (${classes || 'it weights none'}). Compare its keys with the class numbers in ${name === 'y' ? 'the targets' : name}`,
    );
  }
  return { data, shape: labels.shape, dtype: 'float32' };
}

function createOnes(samples: number): HostArray {
  return { data: new Float32Array(samples).fill(1), shape: [samples], dtype: 'float32' };
}

/** The product of two arrays of weights, of which one may lack axes of the other, or have them with length 1. */
function multiply(owner: string, a: HostArray, b: HostArray): HostArray {
  const rank = Math.max(a.shape.length, b.shape.length);
  const shape = Array.from({ length: rank }, (_, axis) => Math.max(a.shape[axis] ?? 1, b.shape[axis] ?? 1));
  const odd = shape.some((size, axis) =>
    [a, b].some((array) => ![1, size, undefined].includes(array.shape[axis])),
  );
  if (odd) {
    throw createLabelError(
      owner,
      `sampleWeight has the shape [${a.shape.join(', ')}], and the classes have [${b.shape.join(', ')}]`,
    );
  }
  const length = shape.reduce((product, size) => product * size, 1);
  const value = (array: HostArray, index: number) => array.data[findIndex(shape, array.shape, index)] ?? NaN;
  const data = Float32Array.from({ length }, (_, index) => value(a, index) * value(b, index));
  return { data, shape, dtype: 'float32' };
}

/** The index in an array of shape `own` that a flat index of `shape` broadcasts from. */
function findIndex(shape: readonly number[], own: readonly number[], index: number): number {
  let rest = index;
  let found = 0;
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] ?? 1;
    const ownSize = own[axis] ?? 1;
    if (ownSize > 1) found += (rest % size) * stride;
    stride *= ownSize;
    rest = Math.floor(rest / size);
  }
  return found;
}

/** Whether class weights are given for each output, by name or as a list. */
function isByOutput(given: unknown): given is ByOutput {
  if (!Array.isArray(given) && !isPlainObject(given)) return false;
  const items = Object.values(given as object) as unknown[];
  const isWeights = (item: unknown) => typeof item === 'object' && item !== null;
  return (
    items.some(isWeights) && items.every((item) => isWeights(item) || item === undefined || item === null)
  );
}

/** The class weights of each output, in the model's order; undefined if they are those of the only one. */
function splitByOutput(
  owner: string,
  given: ClassWeights,
  outputNames: OutputNames,
): readonly (ClassWeight | undefined)[] | undefined {
  if (!isByOutput(given)) return undefined;
  const nameLists = outputNames.filter((names) => names !== undefined);
  if (Array.isArray(given)) {
    const count = nameLists[0]?.length ?? given.length;
    if (given.length === count) return given.map((each: ClassWeight | null | undefined) => each ?? undefined);
    throw invalid(
      owner,
      `is a list of ${given.length}, and the model has ${count} outputs; give one for each`,
    );
  }
  const record = given as Readonly<Record<string, ClassWeight | undefined>>;
  const keys = Object.keys(record);
  const names = nameLists.find((list) => keys.every((key) => list.includes(key)));
  if (names !== undefined) return names.map((name) => record[name] ?? undefined);
  const known = nameLists[0];
  const unknown = keys.find((key) => known?.includes(key) !== true);
  throw invalid(
    owner,
    known === undefined
      ? 'is given by output name, and the model does not name its outputs; give a list'
      : `names the output ${formatValue(unknown)}; the model's outputs are ${known.join(', ')}`,
  );
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
