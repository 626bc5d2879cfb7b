import { createHash } from 'node:crypto';
import type { SavedTraining } from '../../../packages/callbacks/src/index.ts';

/** Computes a digest of a training state: every bit of every tensor, and the rest of the state. */
export function digestState({ tensors, state }: SavedTraining): string {
  const hash = createHash('sha256').update(JSON.stringify(state, replaceLossy));
  for (const [name, { dtype, shape, bytes }] of [...tensors].sort(([one], [other]) =>
    one < other ? -1 : 1,
  )) {
    hash.update(`${name} ${dtype} [${shape.join()}] ${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}

/** Replaces values that JSON would lose: typed arrays, and numbers that it cannot write. */
function replaceLossy(_key: string, value: unknown): unknown {
  if (ArrayBuffer.isView(value)) {
    return `${value.constructor.name} ${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`;
  }
  return Object.is(value, -0) || (typeof value === 'number' && !Number.isFinite(value))
    ? `number ${Object.is(value, -0) ? '-0' : value}`
    : value;
}
