import { join } from 'node:path';
import { isClaimName, isSocketName, isSuccessorName, isTempName } from '../folder/file-names.js';
import type { LockHolder } from './lock-holder.js';
import { explainHeld, type LockPlace, readLockFile } from './lock-place.js';

/**
 * Removes what killed trainers of this key left behind, and what starters left who must try again. Only the
 * holder of the lock calls it. A file that cannot be removed now does no harm; the next holder tries again.
 *
 * @param dead The holders from whom the lock was taken over.
 */
export async function removeLeftovers(
  place: LockPlace,
  mine: LockHolder,
  dead: readonly LockHolder[],
): Promise<void> {
  const { fs, path } = place.folder;
  const entries = await fs.readdir(path, { withFileTypes: true }).catch(() => []);
  for (const { name } of entries) {
    const isLeft = dead.some(({ socket }) => socket === name) || (await isLeftover(place, mine, name));
    if (isLeft) await fs.unlink(join(path, name)).catch(() => undefined);
  }
}

async function isLeftover(place: LockPlace, mine: LockHolder, name: string): Promise<boolean> {
  const { folder, key, self } = place;
  // A successor of this holder would be a fault, and must not be hidden.
  if (isSuccessorName(name, key)) return !name.endsWith(mine.uuid);
  if (isTempName(name, key)) return true;
  const path = join(folder.path, name);
  if (self.bootId !== undefined && isSocketName(name, key, self.bootId))
    return (await folder.sockets?.ask(path)) === 'refused';
  if (!isClaimName(name, key)) return false;
  const claim = await readLockFile(place, path).catch(() => undefined);
  return claim !== undefined && (await explainHeld(place, claim)) === undefined;
}
