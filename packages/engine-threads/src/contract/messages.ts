import type { KeepfitErrorCode, StateRecord } from '@keepfit/callbacks';
import type { HostTensor, ShardSum, ShardTask, TrainingSource } from '@keepfit/fit/engine';

/** What a worker makes its runner from. */
export interface WorkerTraining {
  readonly replay: 'auto' | boolean;
  readonly description: StateRecord;
  readonly source: TrainingSource;
  /** The address of a module that makes the training; undefined if the worker makes it from the source. */
  readonly module: string | undefined;
}

/** The weights of a step, by a number that rises whenever their values change. */
export interface SentWeights {
  readonly version: number;
  /** Undefined if the worker has this version. */
  readonly values: readonly HostTensor[] | undefined;
}

/** What the coordinator sends. A worker works off its messages in their order. */
export type ToWorker =
  | { readonly kind: 'begin'; readonly incarnation: number; readonly training: WorkerTraining }
  | {
      readonly kind: 'compute';
      /** Unique in the life of an engine, so that an answer of another step is known. */
      readonly job: number;
      readonly weights: SentWeights;
      /** A block of the tree of shards; the answer is its sum. */
      readonly tasks: readonly [ShardTask, ...ShardTask[]];
    };

/** An error that travels between threads. */
export interface SentError {
  /** Undefined if it is not keepfit's. */
  readonly code: KeepfitErrorCode | undefined;
  readonly message: string;
}

/** What a worker answers. */
export type FromWorker =
  | { readonly kind: 'ready'; readonly incarnation: number }
  | { readonly kind: 'refused'; readonly incarnation: number; readonly error: SentError }
  | { readonly kind: 'sum'; readonly job: number; readonly sum: ShardSum }
  | { readonly kind: 'failed'; readonly job: number; readonly error: SentError };
