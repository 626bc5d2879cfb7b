import { checkOptions, isPositiveInteger } from '../checks/check-options.js';

/**
 * How much a file may ask of its reader before it is refused as corrupt. The defaults are also what the writer keeps to,
 * so raise them only for files of another origin; lower them where strangers choose the file.
 */
export interface CheckpointLimits {
  /** The JSON header, in bytes. @default 100_000_000, the format's own limit */
  maxHeaderBytes?: number;
  /** Tensors, and likewise strings in `__metadata__`. @default 100_000 */
  maxTensors?: number;
  /** Dimensions of one tensor. @default 32 */
  maxRank?: number;
  /** Objects and arrays inside one another in the state; at most 1000, for the stack's sake. @default 100 */
  maxDepth?: number;
  /** Values in the state, arrays and objects included, since a few bytes can make a large object. @default 10_000_000 */
  maxValues?: number;
}

/** The limits where none are given. */
export const DEFAULT_LIMITS: Readonly<Required<CheckpointLimits>> = {
  maxHeaderBytes: 100_000_000,
  maxTensors: 100_000,
  maxRank: 32,
  maxDepth: 100,
  maxValues: 10_000_000,
};

/** All limits, those not given at their defaults. */
export function completeLimits(limits: CheckpointLimits = {}): Required<CheckpointLimits> {
  checkOptions('the checkpoint limits', limits, {
    maxHeaderBytes: [isPositiveInteger, 'a positive integer'],
    maxTensors: [isPositiveInteger, 'a positive integer'],
    maxRank: [isPositiveInteger, 'a positive integer'],
    maxDepth: [(value) => isPositiveInteger(value) && value <= 1000, 'an integer from 1 to 1000'],
    maxValues: [isPositiveInteger, 'a positive integer'],
  });
  const given = Object.entries(limits).filter(([, value]) => value !== undefined);
  return { ...DEFAULT_LIMITS, ...Object.fromEntries(given) };
}
