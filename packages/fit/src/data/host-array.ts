import { KeepfitError } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import { Tensor, tensor } from '@tensorflow/tfjs-core';

/** The typed arrays that data may come in. */
export type DataArray =
  | Float32Array
  | Float64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint32Array
  | Uint16Array
  | Uint8Array
  | Uint8ClampedArray;

/** Data in a typed array, row-major, with its shape; the first axis counts the samples. */
export interface ShapedData {
  readonly data: DataArray | readonly number[];
  readonly shape: readonly number[];
}

interface NestedArray extends ReadonlyArray<number | NestedArray> {}

/** One input or output of a model for all samples: a tensor, a typed array with its shape, or nested arrays of numbers. */
export type ArrayLike = Tensor | ShapedData | NestedArray;

/** Data on the host, ready to be cut into batches. Int32Array and int32 tensors stay whole numbers; all else becomes float32. */
export interface HostArray {
  readonly data: DataArray;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
}

/** Reads data to the host, once. A tensor given stays the caller's. `name` is for messages. */
export async function hostArray(input: ArrayLike, name: string): Promise<HostArray> {
  if (input instanceof Tensor) return fromTensor(input, name);
  if (Array.isArray(input)) return fromNested(input, name);
  const { data, shape } = input as Partial<ShapedData>;
  if (data === undefined || shape === undefined || !isShape(shape)) {
    throw invalid(
      name,
      `must be a tensor, { data: typed array, shape }, or nested arrays of numbers, not ${formatValue(input)}`,
    );
  }
  const wanted = sizeOf(shape);
  if (data.length !== wanted)
    throw invalid(
      name,
      `has shape [${shape.join(', ')}], which is ${wanted} values, but its data holds ${data.length}`,
    );
  if (shape.length === 0) throw invalid(name, 'has no axis; its first axis must count the samples');
  return fromValues(data, shape);
}

/** How many values a row (a sample) has. */
export function rowSize({ shape }: HostArray): number {
  return sizeOf(shape.slice(1));
}

/** The rows from `begin` to before `end`, sharing the memory. */
export function rows(array: HostArray, begin: number, end: number): HostArray {
  const size = rowSize(array);
  return {
    ...array,
    data: array.data.subarray(begin * size, end * size),
    shape: [end - begin, ...array.shape.slice(1)],
  };
}

/** Makes a batch's tensor from the rows `order[begin … end - 1]`, or from those rows themselves without an order. */
export function gatherRows(
  array: HostArray,
  order: Uint32Array | undefined,
  begin: number,
  end: number,
): Tensor {
  const size = rowSize(array);
  const Values = array.dtype === 'int32' ? Int32Array : Float32Array;
  // At once from what is there: memory that is copied over need not be cleared first.
  const values =
    order === undefined
      ? new Values(array.data.subarray(begin * size, end * size))
      : copyRows(array.data, order.subarray(begin, end), size, new Values((end - begin) * size));
  return tensor(values, [end - begin, ...array.shape.slice(1)], array.dtype);
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

async function fromTensor(input: Tensor, name: string): Promise<HostArray> {
  if (input.isDisposed)
    throw invalid(name, 'is a tensor that is disposed; give fit tensors that live until it has read them');
  if (input.dtype === 'string' || input.dtype === 'complex64')
    throw invalid(name, `must hold numbers, and is a tensor of ${input.dtype}`);
  if (input.shape.length === 0) throw invalid(name, 'is a scalar; its first axis must count the samples');
  const values = await input.data<'float32' | 'int32' | 'bool'>();
  return { data: values.slice(), shape: input.shape, dtype: input.dtype === 'int32' ? 'int32' : 'float32' };
}

function fromNested(input: NestedArray, name: string): HostArray {
  const shape: number[] = [];
  for (let level: unknown = input; Array.isArray(level); level = level[0]) shape.push(level.length);
  const values = (input as readonly unknown[]).flat(Infinity) as unknown[];
  if (
    !hasShape(input, shape) ||
    !values.every((value) => typeof value === 'number' || typeof value === 'boolean')
  ) {
    throw invalid(
      name,
      `must be nested arrays of numbers with rows of equal lengths; its first row says [${shape.join(', ')}]`,
    );
  }
  return fromValues(values.map(Number), shape);
}

function fromValues(data: DataArray | readonly number[], shape: readonly number[]): HostArray {
  const array = ArrayBuffer.isView(data) ? data : Float32Array.from(data);
  return { data: array, shape, dtype: array instanceof Int32Array ? 'int32' : 'float32' };
}

/** Whether the arrays at each level have the lengths of the first ones. */
function hasShape(value: unknown, [length, ...inner]: readonly number[]): boolean {
  if (length === undefined) return !Array.isArray(value);
  return Array.isArray(value) && value.length === length && value.every((item) => hasShape(item, inner));
}

function isShape(shape: readonly number[]): boolean {
  return Array.isArray(shape) && shape.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function invalid(name: string, what: string): KeepfitError {
  return new KeepfitError('KEEPFIT_INVALID_DATA', `${name} ${what}`);
}
