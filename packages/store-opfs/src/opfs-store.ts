import { formatValue } from '@keepfit/callbacks/internal';
import { checkKey, type CheckpointStore, createWebLocks, KeepfitError } from '@keepfit/callbacks/store';
import { withFolderErrors, getCheckpointName, getFolder } from './folder.js';
import { checkVersion, writeCheckpoint } from './write-checkpoint.js';

/**
 * Keeps each checkpoint in a file of the origin private file system, in a page or a worker of a browser.
 *
 * A new checkpoint is written to a temp file beside the old one, by a sync access handle in a dedicated
 * worker, flushed, and moved over it: whole old or whole new bytes however the browser ends. If a page gets
 * no worker or has no sync handles, `createWritable` writes. No browser documents whether the move survives a
 * power cut, so the store does not claim to be durable. The page is never blocked for long. Space for two
 * checkpoints is needed. A Web Lock excludes a second trainer in any tab.
 *
 * Nothing is touched before it is needed. Without such a file system, as in Node or in a page without a
 * secure context, every call rejects with KEEPFIT_STORE_FAILED. The store's calls reject with
 * KEEPFIT_STORE_FAILED, _FULL, _LOCKED and _CONFLICT.
 *
 * @param dir A folder that only this store uses: names divided by "/", from the root of the origin's files.
 *   Created when needed.
 * @throws KEEPFIT_INVALID_OPTION when `dir` is not a valid path.
 */
export function opfsStore(dir: string): CheckpointStore {
  if (typeof dir !== 'string' || !dir.split('/').every((part) => /^(?!\.{1,2}$)[^\\]+$/.test(part))) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `dir of opfsStore must be a path such as "runs/digits", not ${formatValue(dir)}`,
    );
  }
  const folder = getFolder(dir);
  const locks = createWebLocks();

  return {
    name: `opfsStore(${JSON.stringify(dir)})`,
    supports: { durable: false, fencing: true, locking: true },

    async get(key) {
      const name = getCheckpointName(key);
      return withFolderErrors(dir, `read ${JSON.stringify(key)}`, () =>
        folder.withLock('shared', () => folder.read(name)),
      );
    },

    async set(key, content, condition) {
      checkKey(key);
      return writeCheckpoint(folder, key, content, locks.watch(key), condition);
    },

    async delete(key, condition) {
      const name = getCheckpointName(key);
      const check = locks.watch(key);
      await withFolderErrors(dir, `delete ${JSON.stringify(key)}`, async () => {
        await folder.withLock('exclusive', async () => {
          const found = condition === undefined ? null : await folder.version(name);
          if (condition !== undefined && found !== null) checkVersion(key, condition.replaces, found);
          check();
          await folder.remove(name);
          await folder.clearUp(key);
        });
      });
    },

    keys: () => withFolderErrors(dir, 'list the keys', () => folder.keys()),

    async lock(key) {
      const what = `${JSON.stringify(checkKey(key))} of the private folder ${JSON.stringify(dir)}`;
      return withFolderErrors(dir, `lock ${JSON.stringify(key)}`, async () => {
        const held = await locks.acquire(key, `keepfit:opfs:${dir}:${key}`, what);
        try {
          await folder.clearUp(key);
          return held;
        } catch (error) {
          await held.release();
          throw error;
        }
      });
    },
  };
}
