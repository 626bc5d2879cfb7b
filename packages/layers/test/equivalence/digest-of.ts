import { createHash } from 'node:crypto';
import type { Attempt } from './train-attempt.js';

/** A digest of what a training ended with, equal in every process. */
export function digestOf({ ended, error }: Attempt): string {
  if (error !== undefined) throw error;
  const withArrays = (_key: string, value: unknown) =>
    ArrayBuffer.isView(value) ? [...(value as Float32Array)] : value;
  return createHash('sha256')
    .update(JSON.stringify([ended?.proof, ended?.history], withArrays))
    .digest('hex');
}
