import type { CheckpointContent, StoreCondition } from '@keepfit/callbacks/store';
import type { TaggedRecord } from '../client/records.js';
import { createId } from '../client/create-id.js';
import { checkPointer, type Fence } from './fence.js';
import { NOBODY, type Place, type Pointer, readPointer, removeObject, swapPointer } from './place.js';
import { uploadObject } from './upload-object.js';

type Tagged = TaggedRecord<Pointer> | undefined;

/**
 * Uploads an object, then has the pointer name it, and removes the old object. Resolves to the new version.
 *
 * An object begins with the name of the last holder of the lock when its upload began. The pointer takes it only
 * if that is still the last one, so a new holder may remove the objects of all others.
 */
export async function writeCheckpoint(
  place: Place,
  content: CheckpointContent,
  fence: Fence | undefined,
  condition: StoreCondition | undefined,
): Promise<string> {
  for (;;) {
    const base = await readPointer(place);
    // Somebody has deleted the folder, and so the lease.
    if (base === undefined) await fence?.renew();
    checkPointer(place.key, base?.value, fence, condition);
    const object = `${getHolder(base, fence)}.${createId()}`;
    try {
      await uploadObject(place, object, content);
    } catch (error) {
      // A new holder of the lock ends the uploads of the former one.
      const now = await readPointer(place).catch(() => base);
      checkPointer(place.key, now?.value, fence, condition);
      throw error;
    }
    if (await placeObject(place, object, content.byteLength, base, fence, condition)) return object;
    await removeObject(place, object);
  }
}

/** Has the pointer name the object. Resolves to false if its upload must begin again: there is a new holder. */
async function placeObject(
  place: Place,
  object: string,
  byteLength: number,
  base: Tagged,
  fence: Fence | undefined,
  condition: StoreCondition | undefined,
): Promise<boolean> {
  const holder = getHolder(base, fence);
  const term = fence?.term ?? base?.value.term ?? 0;
  for (let from = base; ;) {
    if (await swapPointer(place, { object, byteLength, term, holder }, from)) {
      await removeObject(place, from?.value.object);
      return true;
    }
    from = await readPointer(place);
    try {
      checkPointer(place.key, from?.value, fence, condition);
    } catch (error) {
      await removeObject(place, object);
      throw error;
    }
    if (getHolder(from, fence) !== holder) return false;
  }
}

function getHolder(pointer: Tagged, fence: Fence | undefined): string {
  return fence?.holder ?? pointer?.value.holder ?? NOBODY;
}
