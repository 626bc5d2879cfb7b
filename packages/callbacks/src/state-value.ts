import type { Capture } from './capture.js';

/** The typed arrays that a checkpoint can hold. */
export type StateArray =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray;

/**
 * A value that a checkpoint keeps exactly: what JSON can say, numbers that JSON cannot (NaN, ±Infinity, -0),
 * typed arrays, and tensors captured by `TrainerView.captureWeights`.
 *
 * No functions, class instances, dates, maps, `undefined`, or keys named `__proto__`: these are refused by name.
 */
export type StateValue =
  | null
  | boolean
  | number
  | string
  | StateArray
  | Capture
  | readonly StateValue[]
  | StateRecord;

/** A plain object of state values. */
export interface StateRecord {
  readonly [key: string]: StateValue;
}
