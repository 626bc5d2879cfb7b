import { join } from 'node:path';
import { createTempPath, getClaimPath, getLockPath, isClaimName } from '../folder/file-names.js';
import { getErrorCode, undefinedIfMissing } from '../system/file-errors.js';
import { writeTempFile } from './create-lock-file.js';
import type { LockHolder } from './lock-holder.js';
import { explainHeld, type LockFile, type LockPlace, readChain, readLockFile } from './lock-place.js';

const ATTEMPTS = 100;
/** In ms. */
const INTERVAL = 20;

/**
 * Places the lock on a file system without hard links, which cannot make a file that is complete from its
 * first instant. Resolves to whether it is placed; if not, try again.
 *
 * Each starter raises a claim, a complete file with a name of its own, and only then looks for the claims of
 * others. Of two starters, the later one sees the claim of the other. So at most one sees no claim of anybody
 * who may be alive. That one alone touches the lock file, until it lowers its claim. If a kill leaves a lock
 * file half-written, its claim stays too, and proves that nobody completes the file any more.
 *
 * If machines share the folder, this is as good as their view of new files: a listing must not be stale.
 */
export async function placeWithoutLinks(place: LockPlace, mine: LockHolder): Promise<boolean> {
  const { folder, key } = place;
  const files = folder.fs.for({ action: 'lock' });
  const claim = getClaimPath(folder.path, key, mine.uuid);
  const temp = await writeTempFile(files, createTempPath(folder.path, key), mine);
  try {
    const isRaised = await undefinedIfMissing(async () => {
      await files.rename(temp.path, claim);
      return true;
    });
    return isRaised === true && (await placeAlone(place, mine, claim));
  } finally {
    for (const path of [temp.path, claim]) await files.unlink(path).catch(() => undefined);
  }
}

async function placeAlone(place: LockPlace, mine: LockHolder, claim: string): Promise<boolean> {
  const { folder, key } = place;
  const files = folder.fs.for({ action: 'lock' });
  const path = getLockPath(folder.path, key);
  const dead = await waitUntilAlone(place, mine);
  // Read after the listing: whoever lowered a claim before that has placed its lock file.
  const last = (await readChain(place)).at(-1);
  if (last === undefined) {
    try {
      // Not by a rename, which would replace the file of a starter that a stale listing has hidden.
      await writeTempFile(files, path, mine);
      return true;
    } catch (error) {
      if (getErrorCode(error) === 'EEXIST') return false;
      throw error;
    }
  }
  const isAbandoned = last.holder === undefined && dead > 0;
  const held = isAbandoned ? undefined : await explainHeld(place, last);
  if (held !== undefined) throw held;
  await files.rename(claim, path);
  return true;
}

/**
 * Waits until no other claim is up, and returns how many dead ones there are. The oldest claim waits and the
 * others give way, so that one of them gets the lock.
 */
async function waitUntilAlone(place: LockPlace, mine: LockHolder): Promise<number> {
  for (let tries = 1; ; tries++) {
    let dead = 0;
    let isAlone = true;
    for (const claim of await readClaims(place)) {
      if (claim.holder?.uuid === mine.uuid) continue;
      const held = await explainHeld(place, claim);
      if (held === undefined) dead += 1;
      else if (tries === ATTEMPTS || claim.holder === undefined || isOlder(claim.holder, mine)) throw held;
      else isAlone = false;
    }
    if (isAlone) return dead;
    await place.folder.host.pause(INTERVAL);
  }
}

/** Reads the claims of all starters. */
export async function readClaims(place: LockPlace): Promise<LockFile[]> {
  const { fs, path } = place.folder;
  const names = (await fs.readdir(path, { withFileTypes: true })).map(({ name }) => name);
  const claims: LockFile[] = [];
  for (const name of names.filter((entry) => isClaimName(entry, place.key))) {
    const claim = await readLockFile(place, join(path, name));
    if (claim !== undefined) claims.push(claim);
  }
  return claims;
}

function isOlder(a: LockHolder, b: LockHolder): boolean {
  return a.since === b.since ? a.uuid < b.uuid : a.since < b.since;
}
