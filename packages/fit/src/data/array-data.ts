import { KeepfitError, type ShapedData } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { ArrayData } from './array-source.js';
import { type ArrayLike, readHostArray, type HostArray, sliceRows } from './host-array.js';

/** One array, or several for a model of several inputs or outputs: as a list, or as a record by name. */
export type Arrays = ArrayLike | readonly (tf.Tensor | ShapedData)[] | { readonly [name: string]: ArrayLike };

export interface ArrayDataRequest {
  readonly x: Arrays;
  /** Left out for predictions. */
  readonly y?: Arrays | undefined;
  /** [samples] */
  readonly sampleWeight?: ArrayLike | undefined;
  readonly inputNames?: readonly string[] | undefined;
  readonly outputNames?: readonly string[] | undefined;
  readonly outputAliases?: readonly string[] | undefined;
}

/** The names by which the parts of data may be given, in the model's order: the first list that fits wins. */
export type NameLists = readonly (readonly string[] | undefined)[];

/**
 * Reads data to the host and checks that its parts belong together.
 *
 * @throws KEEPFIT_INVALID_DATA when they do not.
 */
export async function readArrayData({
  x,
  y,
  sampleWeight,
  inputNames,
  outputNames,
  outputAliases,
}: ArrayDataRequest): Promise<ArrayData> {
  const inputs = await hostArrays(x, 'x', [inputNames]);
  const targets = y === undefined ? [] : await hostArrays(y, 'y', [outputAliases, outputNames]);
  const sampleWeights =
    sampleWeight === undefined ? undefined : await readHostArray(sampleWeight, 'sampleWeight');
  const samples = inputs[0]?.shape[0] ?? 0;
  if (samples === 0) throw new KeepfitError('KEEPFIT_INVALID_DATA', 'x has no samples; give it at least one');
  targets.forEach((target, index) => checkSamples(target, index === 0 ? 'y' : `y[${index}]`, samples));
  inputs.forEach((input, index) => checkSamples(input, `x[${index}]`, samples));
  if (sampleWeights !== undefined) {
    checkSamples(sampleWeights, 'sampleWeight', samples);
    if (sampleWeights.shape.length !== 1) {
      throw new KeepfitError(
        'KEEPFIT_INVALID_DATA',
        `sampleWeight must have one number a sample, not the shape [${sampleWeights.shape.join(', ')}]`,
      );
    }
  }
  return { inputs, targets, sampleWeights, samples };
}

/** Splits off the last rows for validation, as Keras does: `fraction` of all, before any shuffling. */
export function splitData(data: ArrayData, fraction: number): { training: ArrayData; validation: ArrayData } {
  const at = Math.floor(data.samples * (1 - fraction));
  if (at === 0 || at === data.samples) {
    const [empty, whole] = at === 0 ? ['training', 'validation'] : ['validation', 'training'];
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `validationSplit ${fraction} of ${data.samples} samples leaves none for ${empty}, and all for ${whole}; choose another fraction`,
    );
  }
  return { training: part(data, 0, at), validation: part(data, at, data.samples) };
}

function part(data: ArrayData, begin: number, end: number): ArrayData {
  const cut = (array: HostArray) => sliceRows(array, begin, end);
  return {
    inputs: data.inputs.map(cut),
    targets: data.targets.map(cut),
    sampleWeights: data.sampleWeights && cut(data.sampleWeights),
    samples: end - begin,
  };
}

function hostArrays(arrays: Arrays, name: string, names: NameLists): Promise<HostArray[]> {
  const list = asList(arrays, name, names);
  return Promise.all(
    list.map((array, index) => readHostArray(array, list.length === 1 ? name : `${name}[${index}]`)),
  );
}

/** One array or several, as a list in the model's order. */
export function asList(arrays: Arrays, name: string, names: NameLists): ArrayLike[] {
  if (arrays instanceof tf.Tensor || isShaped(arrays)) return [arrays];
  if (Array.isArray(arrays)) {
    const isListOfArrays =
      arrays.length > 0 && arrays.every((item: unknown) => item instanceof tf.Tensor || isShaped(item));
    if (makesBatches(arrays[0])) {
      throw new KeepfitError(
        'KEEPFIT_INVALID_DATA',
        `${name} is a list of batches; give a dataset without the list, and batches by a function that returns the list`,
      );
    }
    return isListOfArrays ? (arrays as (tf.Tensor | ShapedData)[]) : [arrays as ArrayLike];
  }
  if (ArrayBuffer.isView(arrays)) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `${name} is ${formatValue(arrays)} without a shape; give it as { data, shape }`,
    );
  }
  if (typeof arrays !== 'object' || arrays === null) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `${name} must be a tensor, { data, shape }, nested arrays, or several of these, not ${formatValue(arrays)}`,
    );
  }
  if ('then' in arrays && typeof arrays.then === 'function')
    throw new KeepfitError('KEEPFIT_INVALID_DATA', `${name} is a promise; await it`);
  if (isIterable(arrays)) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `${name} is an iterable, not data; for batches give a function that returns a new iterable for each pass`,
    );
  }
  return fromRecord(arrays as Readonly<Record<string, ArrayLike>>, name, names);
}

function fromRecord(
  record: Readonly<Record<string, ArrayLike>>,
  name: string,
  nameLists: NameLists,
): ArrayLike[] {
  const given = Object.keys(record);
  const [names, ...others] = nameLists.filter((list) => list !== undefined);
  if (names === undefined) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `${name} is a record, and the model does not name its ${name.startsWith('x') ? 'inputs' : 'outputs'}; give a list${hintAtOptions(name)}`,
    );
  }
  const fitting = [names, ...others].find(
    (list) => list.length === given.length && list.every((key) => given.includes(key)),
  );
  if (fitting === undefined) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `${name} must have exactly the keys ${names.join(', ')}, and has ${given.join(', ') || 'none'}${hintAtOptions(name)}`,
    );
  }
  return fitting.map((key) => record[key] as ArrayLike);
}

/** Returns a hint for messages: a record in the place of y may be the options. */
function hintAtOptions(name: string): string {
  return name === 'y' ? '; if these are the options, they come after y: (x, y, options)' : '';
}

/** Whether it is a batch or a source of batches, which nested arrays do not have. */
function makesBatches(item: unknown): boolean {
  if (typeof item !== 'object' || item === null) return typeof item === 'function';
  return ['xs', 'iterator', 'batchesFrom'].some((key) => key in item);
}

function isIterable(value: object): boolean {
  return (
    Symbol.iterator in value ||
    Symbol.asyncIterator in value ||
    typeof (value as { next?: unknown }).next === 'function'
  );
}

function isShaped(value: unknown): value is ShapedData {
  const data = (value as Partial<ShapedData> | null | undefined)?.data;
  return ArrayBuffer.isView(data) || (Array.isArray(data) && 'shape' in (value as object));
}

function checkSamples(array: HostArray, name: string, samples: number): void {
  if (array.shape[0] === samples) return;
  throw new KeepfitError(
    'KEEPFIT_INVALID_DATA',
    `${name} has ${array.shape[0]} samples and x has ${samples}; they must have the same number`,
  );
}
