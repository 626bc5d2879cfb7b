import type { WorkerStatus } from '@keepfit/engine-threads';
import type { Curve } from './training/loss-curve.js';
import type { Settings, StoreKind } from './training/settings.js';

/** The orders of the page to the worker. */
export type Order =
  | { readonly kind: 'look'; readonly stores: readonly StoreKind[] }
  | {
      readonly kind: 'train';
      readonly store: StoreKind;
      readonly settings: Settings;
      readonly onMismatch: 'error' | 'continue' | 'restart';
      readonly software: boolean;
    }
  | { readonly kind: 'pause' | 'stop' | 'hidden' }
  | { readonly kind: 'forget' | 'download'; readonly store: StoreKind }
  | { readonly kind: 'upload'; readonly store: StoreKind; readonly file: File };

/** A backup in a store. */
export interface FoundBackup {
  readonly store: StoreKind;
  readonly epoch: number;
  readonly batch: number;
  readonly step: number;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
  /** Undefined if another program made it. */
  readonly settings: Settings | undefined;
}

/** The reports of the worker to the page. */
export type Report =
  | { readonly kind: 'found'; readonly backup: FoundBackup | undefined }
  | { readonly kind: 'starting'; readonly what: string }
  | { readonly kind: 'begin'; readonly steps: number; readonly epochs: number; readonly backend: string }
  | { readonly kind: 'epoch'; readonly epoch: number }
  | { readonly kind: 'batch'; readonly batch: number }
  | { readonly kind: 'curve'; readonly curve: Curve }
  | {
      readonly kind: 'history';
      readonly epochs: readonly number[];
      readonly history: Readonly<Record<string, readonly number[]>>;
    }
  | { readonly kind: 'images'; readonly pixels: Float32Array; readonly labels: Int32Array }
  | { readonly kind: 'samples'; readonly probabilities: Float32Array }
  | { readonly kind: 'workers'; readonly workers: readonly WorkerStatus[] }
  | {
      readonly kind: 'figures';
      /** Undefined after the first batch. */
      readonly batchesPerSecond: number | undefined;
      /** Of all tensors in the thread of the training. */
      readonly bytes: number;
      readonly tensors: number;
      /** 0 if the thread of the training computes all itself. */
      readonly workers: number;
    }
  | {
      readonly kind: 'saved';
      readonly bytes: number;
      readonly milliseconds: number;
      readonly epoch: number;
      readonly batch: number;
    }
  | { readonly kind: 'done'; readonly weights: string; readonly isStopped: boolean }
  /** The backup is the one that the training continues from; undefined if it was paused before the first. */
  | { readonly kind: 'paused'; readonly backup: FoundBackup | undefined }
  | { readonly kind: 'file'; readonly file: Blob }
  | {
      readonly kind: 'error';
      /** What was ordered; undefined if the worker itself failed. */
      readonly order: Order['kind'] | undefined;
      readonly code: string;
      readonly message: string;
    };
