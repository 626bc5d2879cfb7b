import type { HookName } from '@keepfit/callbacks';
import type { SourceKind } from './sources.js';

/**
 * The place and the number of the call, from 1, that ends one fit. A place that is never reached ends
 * nothing.
 */
export interface Crash {
  /** A hook, a training step, an evaluation batch, or the storing of a backup. */
  readonly at: HookName | 'step' | 'evaluation' | 'set';
  readonly call: number;
  /**
   * With `throw`, fit still writes a running backup. With `kill`, the store stays as it was at that instant.
   */
  readonly how: 'throw' | 'kill';
  /** For `set`: whether the store has done it. */
  readonly when?: 'before' | 'after';
}

/** One training that crashes, as plain values, so that a printed failure can be run again. */
export interface EquivalenceCase {
  /** A key of the zoo. */
  readonly model: string;
  /** A key of the optimizers. */
  readonly optimizer: string;
  readonly source: SourceKind;
  readonly saveFreq: number | 'epoch';
  readonly stepsPerExecution: number;
  /** For a model whose batches can be cut. */
  readonly shards: number;
  /**
   * How many workers compute the fits that crash, for a model whose batches can be cut; 0 for this thread. Their number
   * changes at each batch, and some of them end in a step. The uninterrupted run is always computed on this thread.
   */
  readonly workers: number;
  /** Whether steps are recorded and replayed, for a model that can be recorded. */
  readonly replay: boolean;
  /** Null for one pass per epoch. */
  readonly stepsPerEpoch: number | null;
  readonly validation: 'none' | 'arrays' | 'stream' | 'split';
  readonly doubleCheckpoint: boolean;
  /** The position of BackupAndRestore in the list. */
  readonly backupAt: 'first' | 'last';
  /** Whether the whole state is compared after every batch, and not only at the end. */
  readonly watched: boolean;
  /** One per fit, followed by one more fit. */
  readonly crashes: readonly Crash[];
}

/** The case that others differ from. */
export const simplestCase: EquivalenceCase = {
  model: 'mlp',
  optimizer: 'sgd',
  source: 'arrays',
  saveFreq: 'epoch',
  stepsPerExecution: 1,
  shards: 1,
  workers: 0,
  replay: false,
  stepsPerEpoch: null,
  validation: 'none',
  doubleCheckpoint: false,
  backupAt: 'first',
  watched: false,
  crashes: [],
};
