import type { StateRecord } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';

/** One batch, as tensors that its receiver disposes. */
export interface Batch {
  readonly inputs: readonly tf.Tensor[];
  readonly targets: readonly tf.Tensor[];
  /** One weight a sample, float32 [size], where samples are weighted. */
  readonly sampleWeights: tf.Tensor | undefined;
  /** How many samples it has. */
  readonly size: number;
}

/** Which walk through the data, and from which of its batches on. */
export interface PassRequest {
  /** Counted from 0. */
  readonly pass: number;
  /** The batch of the pass to begin with. */
  readonly from: number;
  /** What the order and any augmentation depend on, beside the pass. */
  readonly seed: number;
}

/** Where batches come from. The same request gives the same batches, in every process. */
export interface BatchSource {
  /** How many batches a pass has; undefined if that is not known before its end. */
  readonly batches: number | undefined;
  /** The batches of a pass, in order. */
  open(request: PassRequest): Iterator<Batch> | AsyncIterator<Batch>;
  /** What a checkpoint remembers to find out that the data has changed. */
  fingerprint(): StateRecord;
}

/** Lets go of the tensors of batches. */
export function disposeBatches(batches: readonly Batch[]): void {
  for (const { inputs, targets, sampleWeights } of batches)
    tf.dispose([...inputs, ...targets, ...(sampleWeights ? [sampleWeights] : [])]);
}
