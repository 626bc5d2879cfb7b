import type { SentError } from '@keepfit/engine-threads/internal';

/** Which bytes a part belongs to, and which part of them it is. */
export interface PartHead {
  /** Names the coordinator's call of `begin`. */
  readonly incarnation: string;
  /** Rises whenever something else is written under the same name. */
  readonly version: number;
  /** From 0. */
  readonly index: number;
  readonly count: number;
  /** The CRC-32 of all parts together. */
  readonly crc: number;
}

/** The incarnation that computes now. */
export interface CurrentHead {
  readonly incarnation: string;
}

/** A block of a step, as the work queue holds it. Its rows and the weights are on the board. */
export interface JobHead {
  readonly incarnation: string;
  /** Which call of `sum` it belongs to, from 1. */
  readonly sum: number;
  readonly block: number;
  /** The version of the weights. */
  readonly weights: number;
  /** The worker that must not take it, because it has computed it already. */
  readonly except: string | undefined;
}

/** What workers tell the coordinator, beside parts of answers. Messages of one worker arrive in their order. */
export type WorkerHead =
  /** It has a runner, and nothing to do. */
  | { readonly kind: 'idle'; readonly worker: string }
  | { readonly kind: 'refused'; readonly worker: string; readonly error: SentError }
  | { readonly kind: 'taken'; readonly worker: string; readonly sum: number; readonly block: number }
  | {
      readonly kind: 'failed';
      readonly worker: string;
      readonly sum: number;
      readonly block: number;
      readonly error: SentError;
    }
  | ({ readonly kind: 'part'; readonly worker: string; readonly block: number } & PartHead);

/** What the coordinator tells all workers. */
export type NewsHead =
  | { readonly kind: 'begun' | 'ended'; readonly incarnation: string }
  /** The worker gave wrong bytes, and must not compute for this incarnation. */
  | { readonly kind: 'dismissed'; readonly incarnation: string; readonly worker: string };

/** What a worker tells of itself to anybody who asks. */
export interface WorkerReport {
  readonly run: string;
  readonly worker: string;
  /** When it began to serve, as ISO 8601. */
  readonly since: string;
  readonly state: 'waiting' | 'idle' | 'busy';
  /** Shards and batches that it has computed. */
  readonly computed: number;
  /** Mean milliseconds for each of them; undefined before the first one. */
  readonly milliseconds: number | undefined;
}
