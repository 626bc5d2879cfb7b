import { KeepfitError } from '../contract/keepfit-error.js';

/** The only format so far. */
export const FORMAT = 1;

/** The key in `__metadata__` of the JSON that holds header and state. */
export const METADATA_KEY = 'keepfit';

/**
 * The tensor of checksums, the last in the file: CRC-32 of all bytes before the tensors, then of each tensor
 * before this one. Future formats keep the name, the type and the first item, so that a damaged file can be
 * told from a newer one.
 */
export const CHECKSUMS = 'keepfit.crc32';

/**
 * The typed arrays of a state by name, with the dtype of their tensor.
 *
 * In the JSON of a state, an object with one key that begins with a single `$` is a placeholder for a value
 * that JSON lacks: `{"$number": "NaN" | "Infinity" | "-Infinity" | "-0"}`, `{"$array": "Float32Array"}`,
 * `{"$capture": ["kernel", "bias"]}`. The tensors of the latter two are found by their place in the state. A
 * user's key that begins with `$` gets one more `$`.
 */
export const ARRAY_TYPES = {
  Float64Array: 'float64',
  Float32Array: 'float32',
  Int32Array: 'int32',
  Uint32Array: 'uint32',
  Int16Array: 'int16',
  Uint16Array: 'uint16',
  Int8Array: 'int8',
  Uint8Array: 'uint8',
  Uint8ClampedArray: 'uint8',
} as const;

export type ArrayTypeName = keyof typeof ARRAY_TYPES;

/** Creates the error for bytes that are not a valid checkpoint. */
export function createCorruptError(problem: string, cause?: unknown): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_CHECKPOINT_CORRUPT',
    `the bytes are damaged, or not a checkpoint: ${problem}; use another copy of the file`,
    cause === undefined ? undefined : { cause },
  );
}

/** Creates the error for bytes that no damage explains: another file was given. */
export function createForeignError(problem: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_CHECKPOINT_CORRUPT',
    `this is not a checkpoint of keepfit: ${problem}; give a file that BackupAndRestore or exportCheckpoint wrote`,
  );
}

/** The data of a checkpoint about itself, beside the training. */
export interface CheckpointHeader {
  /** The run that wrote it: the same through every resume. */
  readonly runId: string;
  /** The number of the backup in its run, so that the newer of two is known. A safe integer of at least 0. */
  readonly generation: number;
  /** The time of the capture: ISO 8601 in UTC, as `toISOString` writes it. */
  readonly savedAt: string;
  /** The version of keepfit that wrote it. */
  readonly library: string;
}

/** Whether a value is a time in UTC as `toISOString` writes it, such as `2026-01-31T08:15:00.000Z`. */
export function isIsoTime(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  const time = new Date(value);
  return !Number.isNaN(time.getTime()) && time.toISOString() === value;
}
