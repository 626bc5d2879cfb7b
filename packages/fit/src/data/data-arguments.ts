import { KeepfitError } from '@keepfit/callbacks';
import { checkIsOptions, formatValue } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { Arrays } from './array-data.js';
import { type BatchData, isBatchData } from './batch-data.js';
import { isPlainObject } from './plain-objects.js';

/** The arguments of a method that takes data with targets. Batches contain the targets; arrays need them as y. */
export type DataArguments<Options> =
  | readonly [x: BatchData, options?: Options]
  | readonly [x: Arrays, y: Arrays, options?: Options];

/** The arguments of a step that needs no targets. */
export type FreeArguments<Options> = DataArguments<Options> | readonly [x: Arrays, options?: Options];

/** The same by name. `y` is missing if x makes batches, or the step needs no targets. */
type NamedArguments<Options> =
  | { readonly x: BatchData; readonly y?: undefined; readonly options: Options }
  | { readonly x: Arrays; readonly y: Arrays | undefined; readonly options: Options };

/**
 * Names the arguments of `caller` by what x is, whatever the options are called.
 *
 * @param isFree Whether arrays may come without targets: then the options may follow x.
 * @throws KEEPFIT_INVALID_DATA when batches come with targets, or arrays with batches in their place.
 * @throws KEEPFIT_INVALID_OPTION when the options are in a wrong place, or are not an object.
 */
export function nameArguments<Options extends object>(
  caller: string,
  given: FreeArguments<Options>,
  isFree = false,
): NamedArguments<Options | Record<never, never>> {
  const [x, second, third] = given as readonly [x: Arrays | BatchData, second?: unknown, third?: unknown];
  if (isBatchData(x)) {
    if (isData(second)) {
      throw new KeepfitError(
        'KEEPFIT_INVALID_DATA',
        `y of ${caller} must be left out when x makes its own batches: give each batch as { xs, ys }`,
      );
    }
    refuseExtra(caller, 'x makes batches, so the options follow it: (x, options)', given.slice(2));
    return { x, options: readOptions(caller, second) };
  }
  if (isBatchData(second)) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `y of ${caller} makes batches, and x is arrays; give batches { xs, ys } as x and no y, or arrays as both`,
    );
  }
  if (isFree && given.length < 3 && isOptions(second))
    return { x, y: undefined, options: readOptions(caller, second) };
  if (!isFree) checkTargetsAreGiven(second as Arrays | undefined);
  refuseExtra(caller, 'x is arrays, so y and the options follow it: (x, y, options)', given.slice(3));
  return { x, y: second as Arrays | undefined, options: readOptions(caller, third) };
}

/** @throws KEEPFIT_INVALID_DATA when there are none. */
export function checkTargetsAreGiven(y: Arrays | undefined): asserts y is Arrays {
  if (y !== undefined) return;
  throw new KeepfitError(
    'KEEPFIT_INVALID_DATA',
    'y is missing: give the targets of x, or give batches { xs, ys } as x, by a factory or a dataset',
  );
}

/** @throws KEEPFIT_INVALID_DATA when x makes batches, and a method of one batch is given it. */
export function checkIsOneBatch(caller: string, x: Arrays): void {
  if (!isBatchData(x)) return;
  throw new KeepfitError(
    'KEEPFIT_INVALID_DATA',
    `x makes batches, and ${caller} takes the arrays of one batch; give it those`,
  );
}

/** Options that are lists, as arrays of targets may be. */
const LISTS = /^(callbacks|classWeights?|metrics|phases|sampleWeights?|validationData|validationFreq)$/;

/** Whether a record holds options, and no targets by name. */
function isOptions(value: unknown): boolean {
  if (value === undefined) return true;
  if (isData(value) || !isPlainObject(value)) return false;
  return Object.entries(value).every(
    ([name, item]) => LISTS.test(name) || typeof item === 'function' || !isData(item),
  );
}

function isData(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value === 'function';
  const isShaped = 'data' in value && 'shape' in value;
  return (
    Array.isArray(value) ||
    ArrayBuffer.isView(value) ||
    value instanceof tf.Tensor ||
    isShaped ||
    isBatchData(value)
  );
}

function refuseExtra(caller: string, order: string, extra: readonly unknown[]): void {
  const ignored = extra.find((value) => value !== undefined);
  if (ignored === undefined) return;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `${caller} was given one argument too many, ${formatValue(ignored)}; ${order}`,
  );
}

function readOptions<Options extends object>(
  caller: string,
  options: unknown,
): Options | Record<never, never> {
  if (options === undefined) return {};
  if (isData(options)) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `the options of ${caller} must be an object, not ${formatValue(options)}`,
    );
  }
  checkIsOptions(caller, options);
  return options as Options;
}
