import type { Options } from './options.js';
import type { Proof } from './proof.js';

/** What the parent tells a training process. */
export interface Order {
  readonly options: Options;
  /** Whether it is the run that is killed; it backs up then. */
  readonly isInterrupted: boolean;
  /** Whether to plant the fault. */
  readonly spoils: boolean;
}

/** What a training process tells its parent. */
export type Report =
  | { readonly kind: 'begin'; readonly steps: number }
  | { readonly kind: 'epoch'; readonly epoch: number }
  | { readonly kind: 'batch'; readonly batch: number }
  | {
      readonly kind: 'done';
      readonly proof: Proof;
      readonly history: Readonly<Record<string, readonly number[]>>;
    };
