import { KeepfitError, type StoredCheckpoint } from '@keepfit/callbacks/store';
import { type Place, readPointer } from './place.js';

/** Reads the checkpoint of a key. If another is put in its place meanwhile, reads that one. */
export async function readCheckpoint(place: Place): Promise<StoredCheckpoint | undefined> {
  let missing: string | undefined;
  for (;;) {
    const pointer = (await readPointer(place))?.value;
    if (pointer === undefined || pointer.object === null) return undefined;
    const { object, byteLength } = pointer;
    if (object === missing) {
      throw new KeepfitError(
        'KEEPFIT_STORE_FAILED',
        `the object ${place.folder}${object} of ${JSON.stringify(place.key)} is missing, although nothing has replaced it: somebody or a lifecycle rule of the bucket has deleted it. Restore it from a version of the bucket, or delete this checkpoint and train from the start`,
      );
    }
    const { status, bytes } = await place.client.send(place.folder + object, { allowed: [404], byteLength });
    if (status !== 404) return { bytes, version: object };
    missing = object;
  }
}
