import type { Arrays, SampleWeights } from './array-data.js';

/**
 * One batch as a user gives it. Its tensors are disposed when it is trained; it may also have typed arrays
 * with shapes, and nested arrays.
 */
export interface DataBatch {
  readonly xs: Arrays;
  readonly ys?: Arrays;
  /** Weights of the samples, or of their time steps: for all outputs, or one per output, as a list or a record. */
  readonly sampleWeights?: SampleWeights;
  /** The same by the name that the option of `fit` has. Give one of the two. */
  readonly sampleWeight?: SampleWeights;
}

export type Batches = Iterable<DataBatch> | AsyncIterable<DataBatch>;

/** What a batch factory is given. */
export interface BatchContext {
  /** The pass, from 0: an epoch, unless `stepsPerEpoch` says otherwise. Validations are always given 0. */
  readonly epoch: number;
  /** Uniform random numbers in [0, 1), for instance for augmentation. They depend on the seed and `epoch`. */
  readonly random: () => number;
}

/**
 * Makes the batches of one pass through the data: an iterable, an async iterable, a dataset, or a promise of
 * one of these. It is called for each pass. Draw randomness from `random`, and depend on nothing else that
 * changes: when training is resumed, the batches before the saved one are made again and dropped.
 */
export type BatchFactory = (context: BatchContext) => Batches | DatasetLike | Promise<Batches | DatasetLike>;

/** Batches that can begin anywhere, so that a resume makes nothing twice. */
export interface SeekableBatches {
  /**
   * The batches of a pass from `batch` on. `randomFor(batch)` gives the random numbers of one batch; they do
   * not depend on the batch that the pass began with.
   */
  batchesFrom(
    epoch: number,
    batch: number,
    context: { readonly randomFor: (batch: number) => () => number },
  ): Batches;
  /**
   * Batches a pass: it ends after this many. If it gives fewer, training ends with a warning. Progress bars
   * show it.
   *
   * @default unknown
   */
  readonly length?: number;
}

/** The part of a `tf.data.Dataset` that fit uses. Its elements are `{ xs, ys }` or `[xs, ys]`. */
export interface DatasetLike {
  iterator(): Promise<{
    next(): Promise<{ readonly value: unknown; readonly done?: boolean | undefined }>;
    return?(): unknown;
  }>;
  readonly size?: number | null;
}

/** Batches made by the user, rather than cut from arrays. */
export type BatchData = BatchFactory | SeekableBatches | DatasetLike;

export function isBatchData(data: unknown): data is BatchData {
  return typeof data === 'function' || isSeekable(data) || isDataset(data);
}

export function isSeekable(data: unknown): data is SeekableBatches {
  return typeof (data as Partial<SeekableBatches> | null)?.batchesFrom === 'function';
}

export function isDataset(data: unknown): data is DatasetLike {
  return typeof (data as Partial<DatasetLike> | null)?.iterator === 'function';
}
