import { checkOptions, isPositiveInteger } from '../checks/check-options.js';

/**
 * How much a file may demand of its reader before it is refused as corrupt. The writer keeps to the defaults,
 * so raise them only for files from elsewhere; lower them if strangers choose the file.
 */
export interface CheckpointLimits {
  /** The JSON header, in bytes; the default is the limit of safetensors. @default 100_000_000 */
  readonly maxHeaderBytes?: number;
  /** The number of tensors, and also of strings in `__metadata__`. @default 100_000 */
  readonly maxTensors?: number;
  /** Dimensions of one tensor. @default 32 */
  readonly maxRank?: number;
  /** The depth of nested objects and arrays in the state; at most 1000, to spare the stack. @default 100 */
  readonly maxDepth?: number;
  /**
   * The number of values in the state, including arrays and objects.
   *
   * @default 10_000_000
   */
  readonly maxValues?: number;
  /**
   * The memory that these values take, estimated in bytes: 16 for a number, more for arrays, objects,
   * strings and new keys, since a few bytes of a file can make a large object. Tensors and typed arrays do not
   * count. The default has room for 20 metrics of 300,000 epochs.
   *
   * @default 100_000_000
   */
  readonly maxStateBytes?: number;
}

/** The default limits. */
export const DEFAULT_LIMITS: Readonly<Required<CheckpointLimits>> = {
  maxHeaderBytes: 100_000_000,
  maxTensors: 100_000,
  maxRank: 32,
  maxDepth: 100,
  maxValues: 10_000_000,
  maxStateBytes: 100_000_000,
};

/**
 * Fills in the defaults of limits that are not given.
 *
 * @throws KEEPFIT_INVALID_OPTION when a limit is unknown or invalid.
 */
export function completeLimits(limits: CheckpointLimits = {}): Required<CheckpointLimits> {
  checkOptions('the checkpoint limits', limits, {
    maxHeaderBytes: [isPositiveInteger, 'a positive integer'],
    maxTensors: [isPositiveInteger, 'a positive integer'],
    maxRank: [isPositiveInteger, 'a positive integer'],
    maxDepth: [(value) => isPositiveInteger(value) && value <= 1000, 'an integer from 1 to 1000'],
    maxValues: [isPositiveInteger, 'a positive integer'],
    maxStateBytes: [isPositiveInteger, 'a positive integer'],
  });
  const given = Object.entries(limits).filter(([, value]) => value !== undefined);
  return { ...DEFAULT_LIMITS, ...Object.fromEntries(given) };
}
