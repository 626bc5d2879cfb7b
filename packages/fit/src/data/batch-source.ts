import type { StateRecord } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import type { Opening } from './iterator-log.js';
import type { RowChecksums } from './row-checksums.js';

/** One batch, as tensors that its receiver disposes. */
export interface Batch {
  readonly inputs: readonly tf.Tensor[];
  readonly targets: readonly tf.Tensor[];
  /** Weights [size, …]: one tensor for all outputs, or one per output; none if samples are not weighted. */
  readonly sampleWeights: readonly tf.Tensor[];
  /** How many samples it has. */
  readonly size: number;
}

/** A walk through the data, from one of its batches on. */
export interface PassRequest {
  /** Counted from 0. */
  readonly pass: number;
  /** The batch of the pass to begin with. */
  readonly from: number;
  /** The order and any augmentation depend on it, and on the pass. */
  readonly seed: number;
  /** Called when an iterator of a dataset is opened for the pass. */
  readonly onOpening?: ((opening: Opening) => void) | undefined;
}

/** An iterator to open as a pass would, without its batches. */
export interface OpeningRequest extends Pick<PassRequest, 'pass' | 'seed'> {
  /** How many batches to read and drop: reading may draw from a shuffle too. */
  readonly reads: number;
}

/** Where batches come from. The same request gives the same batches, in every process. */
export interface BatchSource {
  /** How many batches a pass has; undefined if that is not known before its end. */
  readonly batches: number | undefined;
  /** How many batches a pass is to give; undefined if a pass is what its data give. */
  readonly promised?: number | undefined;
  /** Whether a batch may be made before it is asked for, because nobody sees when. Then `open` gives an `Iterator`. */
  readonly canMakeAhead?: boolean;
  /** The batches of a pass, in order. */
  open(request: PassRequest): Iterator<Batch> | AsyncIterator<Batch>;
  /** The user's own object, under which openings of its datasets are logged. Undefined for arrays. */
  readonly data?: object;
  /** Opens and closes the dataset's iterator of a pass, so that later iterators give what they should. */
  openOnly?(request: OpeningRequest): Promise<void>;
  /** Checksums of all rows, if the data are arrays. */
  readonly rows?: RowChecksums;
  /** A description by which a checkpoint detects that the data has changed. */
  fingerprint(): StateRecord;
}

/** How many hold a batch beside its owner. The entry goes with the batch. */
const holders = new WeakMap<Batch, number>();

/** Keeps the tensors of a batch, until it is disposed once more. */
export function retainBatch(batch: Batch): void {
  holders.set(batch, (holders.get(batch) ?? 0) + 1);
}

/** Disposes the tensors of batches, unless somebody else holds them. */
export function disposeBatches(batches: readonly Batch[]): void {
  for (const batch of batches) {
    const count = holders.get(batch) ?? 0;
    if (count > 0) holders.set(batch, count - 1);
    else tf.dispose([...batch.inputs, ...batch.targets, ...batch.sampleWeights]);
  }
}
