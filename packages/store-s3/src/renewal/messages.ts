import type { KeepfitErrorCode } from '@keepfit/callbacks/store';
import type { ConditionForm } from '../client/conditions.js';
import type { TakenLease } from '../lock/lease-keeper.js';

/** Renew this lease from now on. The first message to a thread. */
export interface KeepOrder extends TakenLease {
  readonly kind: 'keep';
  /** The address of the bucket. */
  readonly url: string;
  readonly form: ConditionForm;
}

/** What the thread of a training sends. The thread answers each with `done` or `failed`, in their order. */
export type ToThread = KeepOrder | { readonly kind: 'renew' | 'release' };

export type FromThread =
  | { readonly kind: 'done' | 'lost' }
  | { readonly kind: 'failed'; readonly code: KeepfitErrorCode; readonly text: string };
