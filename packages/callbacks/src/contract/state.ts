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
 * A value that a checkpoint keeps exactly: any JSON value, the numbers that JSON lacks (NaN, ±Infinity, -0),
 * typed arrays, and tensors captured by `TrainerView.captureWeights`.
 *
 * Functions, class instances, dates, maps, `undefined` and keys named `__proto__` are refused by name.
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

/**
 * The item types of a captured tensor. tfjs tensors are `float32`, `int32` or `bool` (one byte per item, 0 or
 * 1).
 */
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
   * The values as they were when captured, little-endian, row-major, in the length that dtype and shape
   * require. The caller only reads the bytes. They may be a view of device memory, which becomes empty when
   * that grows. So after an await, check `byteLength` and read again if it is 0, or copy bytes that you keep.
   */
  read(): Promise<Uint8Array>;
}

/**
 * Tensors held as they were at one instant, while training continues.
 *
 * A capture costs references, not copies. It holds the memory of replaced values until its owner calls
 * `dispose`, once.
 */
export interface Capture {
  readonly entries: readonly CaptureEntry[];
  /** A second reference to the same values, with its own `dispose`. */
  clone(): Capture;
  dispose(): void;
}

/** How far a training has come. */
export interface TrainingProgress {
  readonly [key: string]: StateValue;
  /** The current epoch, from 0. */
  readonly epoch: number;
  /** Batches trained in that epoch. */
  readonly batch: number;
  /** Batches trained since epoch 0. */
  readonly step: number;
}

/** The whole training except its tensors. Only the trainer knows the entries beside `progress`. */
export interface TrainingState extends StateRecord {
  readonly progress: TrainingProgress;
}

/** Tells whether a captured state is exact. The answer may come later, while training continues. */
export interface Verification {
  /** `'open'` until it is known. Then it stays. */
  readonly status: 'open' | 'passed' | 'failed';
  /**
   * Finds it out now, which takes as long as some steps.
   *
   * @throws KEEPFIT_INVALID_STATE when the state is not exact.
   */
  run(): void;
}

/** A whole training at one instant, which `requestBackup` hands to a sink. */
export interface TrainingCapture {
  readonly entries: readonly CaptureEntry[];
  readonly state: TrainingState;
  /**
   * Of a sink that takes unverified captures: if it fails later, what was written of the capture must be removed.
   *
   * @default the capture is verified
   */
  readonly verification?: Verification;
  dispose(): void;
}

/** A tensor read from a checkpoint. */
export interface SavedTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Little-endian, row-major, aligned to the item size. Read-only. */
  readonly bytes: Uint8Array;
}

/** A saved training, which a trainer receives to restore. */
export interface SavedTraining {
  readonly tensors: ReadonlyMap<string, SavedTensor>;
  readonly state: StateRecord;
}
