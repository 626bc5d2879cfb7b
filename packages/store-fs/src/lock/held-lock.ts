import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { KeepfitError, StoreLock } from '@keepfit/callbacks/store';
import { createSocketName, getLockPath } from '../folder/file-names.js';
import { isFolder, prepareFolder } from '../folder/prepare-folder.js';
import { createQueue } from '../system/create-queue.js';
import { getErrorCode, undefinedIfMissing } from '../system/file-errors.js';
import type { FolderHolder } from '../system/held-folders.js';
import { createLockFile } from './create-lock-file.js';
import { createLostError } from './lock-error.js';
import type { LockHolder } from './lock-holder.js';
import { type LockFile, type LockPlace, readChain, readLockFile } from './lock-place.js';
import { placeWithoutLinks } from './place-without-links.js';

/** Whoever deletes a folder deletes its files first: that takes a moment. */
const LOOKS = 6;
/** In ms. */
const INTERVAL = 50;

/** A trainer as the holder of a lock, with the socket on which it listens. */
export interface Introduction {
  readonly mine: LockHolder;
  closeSocket(): Promise<void>;
}

/** Describes this trainer as the holder of a lock. It already listens on the socket that the lock will name. */
export async function introduce({ folder: { path, sockets }, key, self }: LockPlace): Promise<Introduction> {
  const name = createSocketName(key, self.bootId);
  const socket = await sockets?.listen(join(path, name));
  return {
    mine: {
      ...self,
      uuid: randomUUID(),
      since: new Date().toISOString(),
      ...(socket && { socket: name, socketDevice: socket.device }),
    },
    closeSocket: async () => socket?.close(),
  };
}

/**
 * Removes a lock file if it is ours. If it is gone, or names another holder, then a new holder has cleaned up,
 * or someone has removed ours by hand.
 */
export async function removeOwn(place: LockPlace, path: string, mine: LockHolder): Promise<void> {
  const found = await readLockFile(place, path);
  if (found?.holder?.uuid !== mine.uuid) return;
  await undefinedIfMissing(() => place.folder.fs.for({ action: 'release' }).unlink(path));
}

/** A lock that this trainer has acquired. */
export class HeldLock implements StoreLock, FolderHolder {
  /** The writes under this lock that have not ended. */
  readonly running = new Set<Promise<unknown>>();
  readonly #place: LockPlace;
  readonly #lost = new AbortController();
  /** Placing again and the release, one at a time. */
  readonly #changes = createQueue();
  readonly #forget: () => void;
  #holder: Introduction;
  #isReleased = false;

  constructor(place: LockPlace, holder: Introduction) {
    this.#place = place;
    this.#holder = holder;
    this.#forget = place.folder.held.add(place.folder.path, this);
  }

  get uuid(): string {
    return this.#holder.mine.uuid;
  }

  /** Its reason is the error with which every later write is refused. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** The file that tells who holds the lock now; undefined if nobody does. */
  async findLast(): Promise<LockFile | undefined> {
    return (await readChain(this.#place)).at(-1);
  }

  /**
   * Places the lock again after its file was deleted, if it is not in place. If another starter came first, the
   * lock is lost.
   */
  placeAgain(): Promise<void> {
    return this.#changes.run(async () => {
      if (this.#isReleased || this.lost.aborted || (await this.#isOwn())) return;
      try {
        if (await this.#createAgain()) return;
      } catch (error) {
        if (getErrorCode(error) !== 'ENOENT') throw error;
      }
      // If the folder was deleted once more, the next write finds that out.
      if (await isFolder(this.#place.folder)) this.lose(await this.findLast());
    });
  }

  /**
   * Finds the file that tells who holds the lock now. If there is none, the folder may be about to go, which takes
   * a moment.
   */
  async look(): Promise<LockFile | 'no lock' | 'no folder'> {
    const { folder } = this.#place;
    for (let looks = 1; ; looks++) {
      const last = await this.findLast();
      if (last !== undefined) return last;
      if (!(await isFolder(folder))) return 'no folder';
      if (looks === LOOKS) return 'no lock';
      await folder.host.pause(INTERVAL);
    }
  }

  /** Makes the folder again if it is gone, with the locks of all its holders. If another trainer makes it first, that one wins. */
  async restoreFolder(): Promise<void> {
    if ((await this.look()) === 'no folder') await prepareFolder(this.#place.folder);
  }

  /**
   * Creates the lock file with a new socket. Its uuid stays, because a write may be about to look for it.
   * Resolves to whether the lock is placed.
   */
  async #createAgain(): Promise<boolean> {
    const { folder, key } = this.#place;
    await this.#holder.closeSocket();
    const { uuid, since } = this.#holder.mine;
    const { mine, closeSocket } = await introduce(this.#place);
    this.#holder = { mine: { ...mine, uuid, since }, closeSocket };
    const outcome = await createLockFile(folder, key, getLockPath(folder.path, key), this.#holder.mine);
    if (outcome === 'no links') return placeWithoutLinks(this.#place, this.#holder.mine);
    // On a network drive, a link may be made although it says otherwise.
    return outcome === 'created' || this.#isOwn();
  }

  async #isOwn(): Promise<boolean> {
    return (await this.findLast())?.holder?.uuid === this.uuid;
  }

  /** Notes that somebody else may hold the lock, and returns the error that says so. */
  lose(found: LockFile | undefined): KeepfitError {
    const { folder, key } = this.#place;
    const error = createLostError(getLockPath(folder.path, key), found?.holder, found !== undefined);
    this.#lost.abort(error);
    return error;
  }

  async release(): Promise<void> {
    const { folder, key } = this.#place;
    await this.#changes.run(async () => {
      await removeOwn(this.#place, getLockPath(folder.path, key), this.#holder.mine);
      await this.#holder.closeSocket();
      this.#isReleased = true;
      this.#forget();
    });
  }
}
