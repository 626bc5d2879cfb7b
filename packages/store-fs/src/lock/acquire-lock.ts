import { KeepfitError } from '@keepfit/callbacks/store';
import { getLockPath, getSuccessorPath } from '../folder/file-names.js';
import type { Folder } from '../folder/folder.js';
import { prepareFolder } from '../folder/prepare-folder.js';
import { retryWhileBusy } from '../system/retry-while-busy.js';
import { createLockFile } from './create-lock-file.js';
import { HeldLock, introduce, removeOwn } from './held-lock.js';
import type { LockHolder } from './lock-holder.js';
import { explainHeld, type LockPlace, readChain } from './lock-place.js';
import { placeWithoutLinks, readClaims } from './place-without-links.js';
import { removeLeftovers } from './remove-leftovers.js';

const ATTEMPTS = 20;

/**
 * Acquires the lock of a key, a file that names its holder, or rejects with KEEPFIT_STORE_LOCKED. It takes
 * the lock over only from a holder that is certainly gone. It removes the files that killed trainers of this
 * key left behind.
 *
 * To take over is to compare and set. Only one starter can create the file that is named after the uuid of
 * the dead holder, and then it looks again: if the lock file still leads to its own file, it holds the lock.
 * Otherwise another one took over earlier and has released the lock since; that uuid never comes back, so the
 * starter removes its file and tries again. The new holder moves its file over the lock file, which nobody
 * else may touch now. No file is ever moved away or removed that another starter may have placed.
 */
export async function acquireLock(folder: Folder, key: string): Promise<HeldLock> {
  await prepareFolder(folder);
  const place: LockPlace = { folder, key, self: await folder.host.identify() };
  // Whoever is refused here has made no files.
  await findDead(place);
  const introduction = await introduce(place);
  const { mine } = introduction;
  try {
    await removeLeftovers(place, mine, await placeLock(place, mine));
  } catch (error) {
    await introduction.closeSocket();
    throw error;
  }
  return new HeldLock(place, introduction);
}

/** Places the lock, and returns the dead holders from whom it was taken over. */
async function placeLock(place: LockPlace, mine: LockHolder): Promise<readonly LockHolder[]> {
  const { folder, key } = place;
  for (let tries = 0; tries < ATTEMPTS; tries++) {
    const dead = await findDead(place);
    const last = dead.at(-1);
    const path =
      last === undefined ? getLockPath(folder.path, key) : getSuccessorPath(folder.path, key, last.uuid);
    const outcome = await createLockFile(folder, key, path, mine);
    if (outcome === 'created' && last === undefined) return dead;
    const isPlaced =
      outcome === 'no links' ? await placeWithoutLinks(place, mine) : await confirm(place, mine, path);
    if (isPlaced) return dead;
  }
  throw new KeepfitError(
    'KEEPFIT_STORE_LOCKED',
    `${getLockPath(folder.path, key)} keeps changing hands; let fewer trainers start on one checkpoint at once`,
  );
}

/** Finds the holders that a new one follows, all certainly gone. If the last one is not, it rejects. */
async function findDead(place: LockPlace): Promise<LockHolder[]> {
  const chain = await readChain(place);
  const last = chain.at(-1);
  // A half-written file beside claims: only who is alone with its claim may judge it.
  if (last !== undefined && last.holder === undefined && (await readClaims(place)).length > 0) return [];
  const held = last && (await explainHeld(place, last));
  if (held !== undefined) throw held;
  return chain.flatMap(({ holder }) => holder ?? []);
}

/**
 * Looks again, also if the file seemed to be taken: on a network drive, a link may be made although it says
 * otherwise. If the lock is ours, moves it to the place of the dead one. If not, removes what was placed.
 */
async function confirm(place: LockPlace, mine: LockHolder, path: string): Promise<boolean> {
  const { fs, host, path: folder } = place.folder;
  try {
    if ((await readChain(place)).at(-1)?.holder?.uuid === mine.uuid) {
      const lock = getLockPath(folder, place.key);
      const files = fs.for({ action: 'take over', path: lock });
      if (path !== lock) await retryWhileBusy(host, () => files.rename(path, lock));
      return true;
    }
  } catch (error) {
    for (const placed of [path, getLockPath(folder, place.key)])
      await removeOwn(place, placed, mine).catch(() => undefined);
    throw error;
  }
  await removeOwn(place, path, mine);
  return false;
}
