import type { StoreCondition } from '@keepfit/callbacks/store';
import { checkPointer, type Fence } from './fence.js';
import { type Place, readPointer, removeObject, swapPointer } from './place.js';

/**
 * Has the pointer name no object, then removes the object. The pointer stays because few servers can delete an
 * object on a condition, and because it keeps former holders of the lock out.
 */
export async function deleteCheckpoint(
  place: Place,
  fence: Fence | undefined,
  condition: StoreCondition | undefined,
): Promise<void> {
  for (;;) {
    const from = await readPointer(place);
    const object = from?.value.object ?? null;
    checkPointer(place.key, from?.value, fence, object === null ? undefined : condition);
    if (from === undefined || object === null) return;
    if (!(await swapPointer(place, { ...from.value, object: null, byteLength: 0 }, from))) continue;
    await removeObject(place, object);
    return;
  }
}
