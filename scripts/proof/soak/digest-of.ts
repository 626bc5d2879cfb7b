import { createHash } from 'node:crypto';
import type { SavedTraining } from '../../../packages/callbacks/src/index.ts';

/** A digest of all that a training state holds: every bit of every tensor, and the rest of the state. */
export function digestOf({ tensors, state }: SavedTraining): string {
  const hash = createHash('sha256').update(JSON.stringify(state, shownExactly));
  for (const [name, { dtype, shape, bytes }] of [...tensors].sort(([one], [other]) =>
    one < other ? -1 : 1,
  )) {
    hash.update(`${name} ${dtype} [${shape.join()}] ${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}

/** What JSON loses: arrays of a type, and numbers that it cannot write. */
function shownExactly(_key: string, value: unknown): unknown {
  if (ArrayBuffer.isView(value)) {
    return `${value.constructor.name} ${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`;
  }
  return Object.is(value, -0) || (typeof value === 'number' && !Number.isFinite(value))
    ? `number ${Object.is(value, -0) ? '-0' : value}`
    : value;
}
