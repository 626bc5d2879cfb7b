import { KeepfitError } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { DataBatch } from './batch-data.js';
import { findUnknownKey, isPlainObject } from './plain-objects.js';

const KEYS = ['xs', 'ys', 'sampleWeights', 'sampleWeight'] as const;

/** Whether batches have targets: in a prediction those that come are ignored. */
export type TargetUse = 'required' | 'optional' | 'none';

/** The parts of a batch. */
export type BatchParts = Omit<DataBatch, 'sampleWeight'>;

/**
 * Reads a batch as a user gives it: `{ xs, ys, sampleWeights }`, `[xs, ys, sampleWeights]`, or if it
 * needs no targets a tensor. Reads each property once because a getter may make a new tensor each time.
 *
 * @throws KEEPFIT_INVALID_DATA when a part is missing, or there is one that would be ignored.
 */
export function readBatch(given: unknown, targets: TargetUse): BatchParts {
  const wantsTargets = targets === 'required';
  if (given instanceof tf.Tensor && !wantsTargets) return { xs: given };
  const batch = Array.isArray(given) ? readList(given) : ((given ?? {}) as Partial<DataBatch>);
  const { xs, ys, sampleWeights, sampleWeight } = batch;
  if (xs === undefined || (wantsTargets && ys === undefined)) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `a batch must be ${wantsTargets ? '{ xs, ys } or [xs, ys]' : '{ xs } or a tensor'}, not ${formatValue(given)}`,
    );
  }
  const unknown = findUnknownKey(batch, KEYS, /weight/i);
  if (unknown !== undefined) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `a batch has the key ${JSON.stringify(unknown)}, which would be ignored; it may have xs, ys and sampleWeights`,
    );
  }
  if (sampleWeights !== undefined && sampleWeight !== undefined) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      'a batch has sampleWeights and sampleWeight, which mean the same; give one of them',
    );
  }
  const weights = sampleWeights === undefined ? sampleWeight : sampleWeights;
  return {
    xs,
    ...(ys !== undefined && { ys }),
    ...(weights !== undefined && { sampleWeights: weights }),
  };
}

function readList(list: readonly unknown[]): Partial<DataBatch> {
  if (list.length > 3) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `a batch is a list of ${list.length} items; it may have [xs, ys] or [xs, ys, sampleWeights]. ` +
        'Several inputs or outputs are a list within it: [[x1, x2], ys]',
    );
  }
  const [xs, ys, sampleWeights] = list as [DataBatch['xs'], DataBatch['ys'], DataBatch['sampleWeights']];
  return { xs, ys, sampleWeights } as Partial<DataBatch>;
}

/** Disposes the tensors anywhere in a batch, but not those that are `kept`. */
export function disposeAll(batch: unknown, kept: readonly tf.Tensor[] = [], seen = new Set<unknown>()): void {
  if (seen.has(batch)) return;
  if (batch instanceof tf.Tensor) {
    if (!kept.includes(batch)) tf.dispose(batch);
  } else if (Array.isArray(batch) && typeof batch[0] === 'number') return;
  else if (typeof batch === 'object' && batch !== null && !ArrayBuffer.isView(batch)) {
    seen.add(batch);
    for (const part of listParts(batch)) if (isPart(part)) disposeAll(part, kept, seen);
  }
}

/** What an object of a class holds in a part, such as a model, is not the batch's. */
function isPart(part: unknown): boolean {
  return Array.isArray(part) || part instanceof tf.Tensor || isPlainObject(part);
}

/** An instance of a class may have its parts as getters of the class. */
function listParts(batch: object): unknown[] {
  const own = Object.values(batch);
  if (Array.isArray(batch) || isPlainObject(batch)) return own;
  return [...own, ...KEYS.map((key) => (batch as Partial<DataBatch>)[key])];
}
