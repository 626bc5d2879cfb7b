import { KeepfitError, type NestedArray, type ShapedData, type StateArray } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import { describeItem, describeReceived, formatReceived, WANTED } from './describe-received.js';
import { findUnknownKey } from './plain-objects.js';

/** The typed arrays that data may come in. */
export type DataArray = StateArray;

/**
 * One input or output of a model for all samples: a tensor, a typed array with its shape, or nested arrays of
 * numbers, the innermost of which may be typed arrays.
 */
export type ArrayLike = tf.Tensor | ShapedData | NestedArray;

/** Those of tfjs. Also ends the walk through an array that contains itself. */
const MOST_AXES = 6;

/**
 * Data on the host, ready to be cut into batches. Int32Array and int32 tensors stay whole numbers; all else
 * becomes float32.
 */
export interface HostArray {
  readonly data: DataArray;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
}

/** Reads data to the host, once. A given tensor stays the caller's. `name` is for messages. */
export async function readHostArray(input: ArrayLike, name: string): Promise<HostArray> {
  if (input instanceof tf.Tensor) return fromTensor(input, name);
  if (Array.isArray(input)) return fromNested(input, name);
  const { data, shape } = (input ?? {}) as Partial<ShapedData>;
  if (data === undefined || shape === undefined) throw createError(name, describeReceived(input));
  if (!isShape(shape)) {
    throw createError(
      name,
      `must be ${WANTED}, and has the shape ${formatValue(shape)}; a shape is a list of counts, such as [100, 3]`,
    );
  }
  checkValues(data, name);
  const unknown = findUnknownKey(input, ['data', 'shape'], /dtype|stride|offset|order/i);
  if (unknown !== undefined) {
    throw createError(
      name,
      `has the key ${JSON.stringify(unknown)} beside data and shape, which would be ignored; ` +
        'give { data, shape } alone, row-major: an Int32Array is read as int32, all else as float32',
    );
  }
  const wanted = countValues(shape);
  if (data.length !== wanted)
    throw createError(
      name,
      `has shape [${shape.join(', ')}], which is ${wanted} values, but its data holds ${data.length}`,
    );
  if (shape.length === 0) throw createError(name, 'has no axis; its first axis must count the samples');
  return fromValues(data, shape);
}

/** How many values a row (a sample) has. */
export function getRowSize({ shape }: HostArray): number {
  return countValues(shape.slice(1));
}

/** The rows from `begin` to before `end`, sharing the memory. */
export function sliceRows(array: HostArray, begin: number, end: number): HostArray {
  const size = getRowSize(array);
  return {
    ...array,
    data: array.data.subarray(begin * size, end * size),
    shape: [end - begin, ...array.shape.slice(1)],
  };
}

/**
 * Makes a batch's tensor from the rows `order[begin … end - 1]`, or without an order from the rows `begin …
 * end - 1`.
 */
export function gatherRows(
  array: HostArray,
  order: Uint32Array | undefined,
  begin: number,
  end: number,
): tf.Tensor {
  const size = getRowSize(array);
  const Values = array.dtype === 'int32' ? Int32Array : Float32Array;
  // Copied from the existing array at once: memory that is then overwritten need not be cleared first.
  const values =
    order === undefined
      ? new Values(array.data.subarray(begin * size, end * size))
      : copyRows(array.data, order.subarray(begin, end), size, new Values((end - begin) * size));
  return tf.tensor(values, [end - begin, ...array.shape.slice(1)], array.dtype);
}

/** Below this many values a view of the row costs more than copying it value by value. */
const LONG_ROW = 64;

function copyRows<Values extends Float32Array | Int32Array>(
  from: DataArray,
  rowNumbers: Uint32Array,
  size: number,
  to: Values,
): Values {
  let at = 0;
  for (const row of rowNumbers) {
    const source = row * size;
    if (size >= LONG_ROW) to.set(from.subarray(source, source + size), at);
    else for (let index = 0; index < size; index++) to[at + index] = from[source + index] as number;
    at += size;
  }
  return to;
}

/** @throws KEEPFIT_INVALID_DATA when the tensor cannot be an input or a target. */
export function checkTensor(tensor: tf.Tensor, name: string): void {
  if (tensor.isDisposed)
    throw createError(
      name,
      'is a tensor that is disposed; give fit tensors that live until it has read them. It disposes those of batches ' +
        'when they are trained, so make new ones for each pass',
    );
  if (tensor.dtype === 'string' || tensor.dtype === 'complex64')
    throw createError(name, `must hold numbers, and is a tensor of ${tensor.dtype}; convert them first`);
  if (tensor.shape.length === 0)
    throw createError(name, 'is a scalar; its first axis must count the samples');
}

async function fromTensor(input: tf.Tensor, name: string): Promise<HostArray> {
  checkTensor(input, name);
  const values = await input.data<'float32' | 'int32' | 'bool'>();
  return { data: values.slice(), shape: input.shape, dtype: input.dtype === 'int32' ? 'int32' : 'float32' };
}

function fromNested(input: NestedArray, name: string): HostArray {
  const shape: number[] = [];
  let first: unknown = input;
  for (; isList(first) && shape.length <= MOST_AXES; first = first[0]) shape.push(first.length);
  if (shape.length > MOST_AXES)
    throw createError(
      name,
      `is nested in more than ${MOST_AXES} levels; the tensors of tfjs have at most ${MOST_AXES} axes`,
    );
  const dtype = hasInt32Rows(input) ? 'int32' : 'float32';
  const data = new (dtype === 'int32' ? Int32Array : Float32Array)(countValues(shape));
  if (copyNested(input, shape, data, 0) === undefined) {
    throw createError(
      name,
      `must be nested arrays of numbers with rows of equal lengths; its first row says [${shape.join(', ')}], and ${describeOdd(input, shape, name)}`,
    );
  }
  if (shape[0] !== 0 && data.length === 0)
    throw createError(
      name,
      `has the shape [${shape.join(', ')}], which has no values; give each sample some`,
    );
  return { data, shape, dtype };
}

/** Copies nested arrays of this shape. Returns the index after the last value, or undefined if they differ. */
function copyNested(
  value: unknown,
  shape: readonly number[],
  to: Float32Array | Int32Array,
  at: number,
): number | undefined {
  const [length, ...inner] = shape;
  if (length === undefined) {
    if (!isNumber(value)) return undefined;
    to[at] = Number(value);
    return at + 1;
  }
  if (!isList(value) || value.length !== length) return undefined;
  if (ArrayBuffer.isView(value)) {
    if (inner.length > 0 || !isNumeric(value)) return undefined;
    // `set` throws for an array whose buffer was transferred, which has no values.
    if (length > 0) to.set(value, at);
    return at + length;
  }
  let end: number | undefined = at;
  for (let index = 0; index < length && end !== undefined; index++)
    end = copyNested(value[index], inner, to, end);
  return end;
}

/** Says which of the nested arrays does not have this shape, or which value is no number. */
function describeOdd(value: unknown, shape: readonly number[], path: string): string {
  const [length, ...inner] = shape;
  if (length === undefined || !isList(value)) return `${path} ${describeItem(value)}`;
  if (ArrayBuffer.isView(value) && !isNumeric(value)) return `${path} ${describeItem(value)}`;
  if (value.length !== length) return `${path} has the length ${value.length}`;
  const fits = (item: unknown) =>
    copyNested(item, inner, new Float32Array(countValues(inner)), 0) !== undefined;
  // A list may have holes, which `findIndex` visits.
  const index = [...value].findIndex((item) => !fits(item));
  return describeOdd(value[index], inner, `${path}[${index}]`);
}

/** Whether the innermost arrays are all Int32Arrays, whose numbers stay whole. */
function hasInt32Rows(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 && value.every(hasInt32Rows) : value instanceof Int32Array;
}

function isList(value: unknown): value is readonly unknown[] | DataArray {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/** Not the arrays of bigints. */
function isNumeric(values: readonly unknown[] | DataArray): values is DataArray {
  return values.length === 0 || typeof values[0] === 'number';
}

function fromValues(data: DataArray | readonly number[], shape: readonly number[]): HostArray {
  const array = ArrayBuffer.isView(data) ? data : Float32Array.from(data);
  return { data: array, shape, dtype: array instanceof Int32Array ? 'int32' : 'float32' };
}

/** Typed arrays hold numbers, except those of bigints; other lists may hold anything. */
function checkValues(data: ShapedData['data'], name: string): void {
  if (ArrayBuffer.isView(data) ? isList(data) && isNumeric(data) : Array.isArray(data)) {
    const odd = ArrayBuffer.isView(data) ? -1 : [...data].findIndex((value) => !isNumber(value));
    if (odd !== -1)
      throw createError(name, `has numbers as data, but data[${odd}] ${describeItem(data[odd])}`);
    return;
  }
  throw createError(
    name,
    `must be ${WANTED}, and its data is ${formatReceived(data)}; give a typed array, such as a Float32Array`,
  );
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'boolean';
}

function isShape(shape: readonly number[]): boolean {
  return Array.isArray(shape) && shape.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function countValues(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function createError(name: string, what: string): KeepfitError {
  return new KeepfitError('KEEPFIT_INVALID_DATA', `${name} ${what}`);
}
