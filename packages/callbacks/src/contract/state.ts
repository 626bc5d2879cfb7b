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

/** The item types of a captured tensor. tfjs tensors are `float32`, `int32` or `bool` (one byte an item, 0 or 1). */
export type DType =
  | 'float64'
  | 'float32'
  | 'int32'
  | 'uint32'
  | 'int16'
  | 'uint16'
  | 'int8'
  | 'uint8'
  | 'bool';

/** One captured tensor. */
export interface CaptureEntry {
  /** Unique within its capture, for instance `conv2d/kernel`. */
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /**
   * The values as they were when captured, little-endian, row-major; as many bytes as dtype and shape say.
   * The caller only reads them, and before it waits for anything else: they may be the memory of the device itself, which moves when it
   * grows. What is to be kept longer is copied.
   */
  read(): Promise<Uint8Array>;
}

/**
 * Tensors held as they were at one instant, while training goes on.
 *
 * Taking one costs references, not copies; the memory of replaced values is held until `dispose`, which its owner calls once.
 */
export interface Capture {
  readonly entries: readonly CaptureEntry[];
  /** A second hold on the same values, with its own `dispose`. */
  clone(): Capture;
  dispose(): void;
}

/** Where a training stands. */
export interface TrainingProgress {
  readonly [key: string]: StateValue;
  /** The epoch at hand, from 0. */
  readonly epoch: number;
  /** How many batches of that epoch are trained. */
  readonly batch: number;
  /** How many batches are trained since epoch 0. */
  readonly step: number;
}

/** All of a training but its tensors. What it holds beside `progress` is the trainer's own affair. */
export interface TrainingState extends StateRecord {
  readonly progress: TrainingProgress;
}

/** A whole training at one instant. What `requestBackup` hands to a sink. */
export interface TrainingCapture {
  readonly entries: readonly CaptureEntry[];
  readonly state: TrainingState;
  dispose(): void;
}

/** A tensor read from a checkpoint. */
export interface SavedTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Little-endian, row-major, aligned to the item size. Nobody writes into them. */
  readonly bytes: Uint8Array;
}

/** A training as it was saved: what a trainer gets back to restore. */
export interface SavedTraining {
  readonly tensors: ReadonlyMap<string, SavedTensor>;
  readonly state: StateRecord;
}
