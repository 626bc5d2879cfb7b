import type { Options } from './options.js';
import type { Proof } from './proof.js';

/** The order of the parent to a training process. */
export interface Order {
  readonly options: Options;
  /** Whether this is the run that is killed, which makes backups. */
  readonly isInterrupted: boolean;
  /** Whether to plant the fault. */
  readonly spoils: boolean;
}

/** The reports of a training process to its parent. */
export type Report =
  | { readonly kind: 'begin'; readonly steps: number }
  | { readonly kind: 'epoch'; readonly epoch: number }
  | { readonly kind: 'batch'; readonly batch: number }
  /** A worker thread was ended in the middle of a step. */
  | { readonly kind: 'worker' }
  | {
      readonly kind: 'done';
      readonly proof: Proof;
      readonly history: Readonly<Record<string, readonly number[]>>;
    };
