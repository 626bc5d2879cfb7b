import { KeepfitError, type ShapedData } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import type { ArrayData } from './array-source.js';
import { describeReceived } from './describe-received.js';
import { type ArrayLike, readHostArray, type HostArray, sliceRows } from './host-array.js';
import { isPlainObject } from './plain-objects.js';

/** One array, or several for a model of several inputs or outputs: as a list, or as a record by name. */
export type Arrays = ArrayLike | readonly (tf.Tensor | ShapedData)[] | { readonly [name: string]: ArrayLike };

/**
 * Weights [samples], or with further axes [samples, time, …]: one array for all outputs, or one per output, as a
 * list or as a record by output name. A typed array of one weight per sample needs no shape.
 */
export type SampleWeights = Arrays | Float32Array | { readonly [name: string]: ArrayLike | Float32Array };

export interface ArrayDataRequest {
  readonly x: Arrays;
  /** Left out for predictions. */
  readonly y?: Arrays | undefined;
  readonly sampleWeight?: SampleWeights | undefined;
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
    sampleWeight === undefined ? [] : await readWeights(sampleWeight, [outputAliases, outputNames]);
  const samples = inputs[0]?.shape[0] ?? 0;
  if (samples === 0) throw new KeepfitError('KEEPFIT_INVALID_DATA', 'x has no samples; give it at least one');
  targets.forEach((target, index) => checkSamples(target, index === 0 ? 'y' : `y[${index}]`, samples));
  inputs.forEach((input, index) => checkSamples(input, `x[${index}]`, samples));
  for (const weights of sampleWeights)
    checkSamples(
      weights,
      'sampleWeight',
      samples,
      '. Weights of several outputs are a record by output name, or a list of tensors or { data, shape }',
    );
  return { inputs, targets, sampleWeights, samples };
}

/** @throws KEEPFIT_INVALID_DATA when arrays for a step of the user's own come by name. */
export function refuseRecords(given: Readonly<Record<string, unknown>>): void {
  for (const [name, arrays] of Object.entries(given)) {
    if (!isPlainObject(arrays) || 'data' in arrays || typeof arrays['then'] === 'function') continue;
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `${name} is a record, and a step of your own is given its arrays in the order of the data, as batch.xs and batch.ys; ` +
        `give a list${name === 'y' ? '. If these are the options, compare their names with those of fit' : ''}`,
    );
  }
}

async function readWeights(weights: SampleWeights, names: NameLists): Promise<HostArray[]> {
  const arrays = await hostArrays(withShapes(weights), 'sampleWeight', names);
  arrays.forEach((array) => checkWeights(array, 'sampleWeight'));
  return arrays;
}

/** @throws KEEPFIT_INVALID_DATA when a weight is not finite. */
export function checkWeights({ data, shape }: HostArray, name: string): void {
  for (let index = 0; index < data.length; index++) {
    if (Number.isFinite(data[index])) continue;
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `${name} of shape [${shape.join(', ')}] must hold finite numbers, and its value ${index} is ${data[index]}`,
    );
  }
}

/** Typed arrays of weights need no shape: they have one weight per sample. */
export function withShapes(weights: SampleWeights): Arrays {
  if (isPlainObject(weights) && !('data' in weights && 'shape' in weights))
    return Object.fromEntries(
      Object.entries(weights).map(([name, item]) => [name, withShape(item as ArrayLike)]),
    );
  return Array.isArray(weights) ? (weights as Arrays) : withShape(weights as ArrayLike);
}

function withShape(weights: ArrayLike): ArrayLike {
  const { length } = (weights ?? {}) as { length?: unknown };
  return ArrayBuffer.isView(weights) && typeof length === 'number'
    ? { data: weights as unknown as ShapedData['data'], shape: [length] }
    : weights;
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
    sampleWeights: data.sampleWeights.map(cut),
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
    if (!isListOfArrays) return [arrays as ArrayLike];
    checkCount(arrays as readonly unknown[], name, names);
    return arrays as (tf.Tensor | ShapedData)[];
  }
  if (!isRecord(arrays, names)) {
    throw new KeepfitError('KEEPFIT_INVALID_DATA', `${name} ${describeReceived(arrays)}`);
  }
  return fromRecord(arrays as Readonly<Record<string, ArrayLike>>, name, names);
}

/** A list of tensors is one for each input or output, and not the rows of one. */
function checkCount(list: readonly unknown[], name: string, nameLists: NameLists): void {
  const names = nameLists.find((known) => known !== undefined);
  if (names === undefined || names.length === list.length) return;
  const kind = name.startsWith('x') ? 'input' : 'output';
  throw new KeepfitError(
    'KEEPFIT_INVALID_DATA',
    `${name} is a list of ${list.length} arrays, and the model has ${names.length} ${kind}s (${names.join(', ')}); ` +
      'give one array each. Join tensors that are the rows of one array with tf.stack',
  );
}

function fromRecord(
  record: Readonly<Record<string, ArrayLike>>,
  name: string,
  nameLists: NameLists,
): ArrayLike[] {
  const given = isPlainObject(record)
    ? Object.keys(record)
    : [...(nameLists.find((list) => list?.every((key) => key in record)) ?? [])];
  const [names, ...others] = nameLists.filter((list) => list !== undefined);
  if (given.includes('xs') && !names?.includes('xs')) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `${name} is one batch { xs, ys }; give its parts as x and y, or a function that returns a list of batches`,
    );
  }
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

/** Whether it gives arrays by name. An instance of a class does so if it has the very names. */
function isRecord(arrays: object, nameLists: NameLists): boolean {
  if (typeof (arrays as unknown) !== 'object' || arrays === null) return false;
  if (isPlainObject(arrays))
    return typeof arrays['then'] !== 'function' && typeof arrays['next'] !== 'function';
  return nameLists.some((names) => names !== undefined && names.every((name) => name in arrays));
}

function isShaped(value: unknown): value is ShapedData {
  const data = (value as Partial<ShapedData> | null | undefined)?.data;
  return ArrayBuffer.isView(data) || (Array.isArray(data) && 'shape' in (value as object));
}

function checkSamples(array: HostArray, name: string, samples: number, hint = ''): void {
  if (array.shape[0] === samples) return;
  throw new KeepfitError(
    'KEEPFIT_INVALID_DATA',
    `${name} has ${array.shape[0]} samples and x has ${samples}; they must have the same number${hint}`,
  );
}
