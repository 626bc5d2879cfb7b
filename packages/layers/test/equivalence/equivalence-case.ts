import type { HookName } from '@keepfit/callbacks';
import type { SourceKind } from './sources.js';

/** Where one fit ends, by the so many-th call since it began, from 1. A place that is not reached ends nothing. */
export interface Crash {
  /** A hook, a step of training, a batch of evaluation, or a backup that is being stored. */
  readonly at: HookName | 'step' | 'evaluation' | 'set';
  readonly call: number;
  /** With `throw`, fit settles: a backup under way is written. With `kill` the store stays as it was at that instant. */
  readonly how: 'throw' | 'kill';
  /** Of `set`: whether the store has done it. */
  readonly when?: 'before' | 'after';
}

/** One training that crashes, as plain values: what is printed of a failure runs again. */
export interface EquivalenceCase {
  /** A key of the zoo. */
  readonly model: string;
  /** A key of the optimizers. */
  readonly optimizer: string;
  readonly source: SourceKind;
  readonly saveFreq: number | 'epoch';
  readonly stepsPerExecution: number;
  /** Null for one pass an epoch. */
  readonly stepsPerEpoch: number | null;
  readonly validation: 'none' | 'arrays' | 'stream' | 'split';
  readonly doubleCheckpoint: boolean;
  /** Where BackupAndRestore stands in the list. */
  readonly backupAt: 'first' | 'last';
  /** Whether the whole state is compared after every batch, and not only at the end. */
  readonly watched: boolean;
  /** One a fit; then one fit more. */
  readonly crashes: readonly Crash[];
}

/** The case that others differ from. */
export const simplestCase: EquivalenceCase = {
  model: 'mlp',
  optimizer: 'sgd',
  source: 'arrays',
  saveFreq: 'epoch',
  stepsPerExecution: 1,
  stepsPerEpoch: null,
  validation: 'none',
  doubleCheckpoint: false,
  backupAt: 'first',
  watched: false,
  crashes: [],
};
