import type { S3Client } from '../client/contract.js';
import type { Records, TaggedRecord } from '../client/records.js';

/** What `current` of a key says: which object holds its bytes, and whose writes are accepted. */
export interface Pointer {
  /** The name of the object with the bytes, which is also their version; null if there is no checkpoint. */
  readonly object: string | null;
  readonly byteLength: number;
  /** Grows with each holder of the lock, so that a late one cannot put its fence over that of a later one. */
  readonly term: number;
  /** Whoever has taken the lock last. Only this one's writes are accepted, and those of writers without a lock. */
  readonly holder: string;
}

/** The folder of a key. It has a pointer, a lease, and objects that are named by their writer: `<holder>.<id>`. */
export interface Place {
  readonly key: string;
  /** With its slash. */
  readonly folder: string;
  readonly client: S3Client;
  readonly records: Records;
}

/** The holder of a key that was never locked. */
export const NOBODY = 'nobody';

export const POINTER = 'current';
export const LEASE = 'lease';

export function readPointer({ folder, records }: Place): Promise<TaggedRecord<Pointer> | undefined> {
  return records.read<Pointer>(folder + POINTER);
}

/** Replaces the pointer; resolves to whether it was still `from`. */
export async function swapPointer(
  { folder, records }: Place,
  pointer: Pointer,
  from: TaggedRecord<Pointer> | undefined,
): Promise<boolean> {
  return (await records.swap(folder + POINTER, pointer, from)) !== undefined;
}

/** Removes an object that no pointer names. One that stays is removed by the next holder of the lock. */
export async function removeObject(place: Place, object: string | null | undefined): Promise<void> {
  if (object === null || object === undefined) return;
  await place.client.send(place.folder + object, { method: 'DELETE', allowed: [404] }).catch(() => undefined);
}
