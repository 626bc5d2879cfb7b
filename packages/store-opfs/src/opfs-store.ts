import { formatValue } from '@keepfit/callbacks/internal';
import { checkKey, type CheckpointStore, KeepfitError, acquireWebLock } from '@keepfit/callbacks/store';
import { attempt } from './attempt.js';
import { checkpointName } from './file-names.js';
import { folderAt } from './folder.js';
import { writeCheckpoint } from './write-checkpoint.js';

/**
 * Keeps each checkpoint in a file of the origin private file system, in a page or a worker of a browser.
 *
 * A new checkpoint is written to a temp file beside the old one, by a sync access handle in a dedicated worker, flushed, and moved over
 * it: whole old or whole new bytes however the browser ends. Where a page gets no worker or has no sync handles, `createWritable` writes.
 * Whether the move itself survives a power cut no browser says, so the store does not claim to be durable. The page is never blocked
 * for long. Room for two checkpoints is needed. A Web Lock keeps a second trainer out, in whatever tab.
 *
 * Nothing is touched before it is needed. Where there is no such file system, as in Node or on a page that is no secure context, every
 * call rejects with KEEPFIT_STORE_FAILED.
 *
 * @param dir The folder, of this store alone: names divided by "/", from the root of the origin's files. It is made when it is needed.
 * @throws KEEPFIT_INVALID_OPTION; what it returns rejects with KEEPFIT_STORE_FAILED, _FULL, _LOCKED and _CONFLICT.
 */
export function opfsStore(dir: string): CheckpointStore {
  if (typeof dir !== 'string' || !dir.split('/').every((part) => /^(?!\.{1,2}$)[^\\]+$/.test(part))) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `dir of opfsStore must be a path such as "runs/digits", not ${formatValue(dir)}`,
    );
  }
  const folder = folderAt(dir);

  return {
    supports: { durable: false, fencing: true, locking: true },

    async get(key) {
      const name = checkpointName(key);
      return attempt(dir, `read ${JSON.stringify(key)}`, () =>
        folder.commits('shared', () => folder.read(name)),
      );
    },

    async set(key, content, condition) {
      checkKey(key);
      return writeCheckpoint(folder, key, content, condition);
    },

    async delete(key) {
      const name = checkpointName(key);
      await attempt(dir, `delete ${JSON.stringify(key)}`, async () => {
        await folder.commits('exclusive', async () => {
          await folder.remove(name);
          await folder.clearUp(key);
        });
      });
    },

    keys: () => attempt(dir, 'list the keys', () => folder.keys()),

    async lock(key) {
      const what = `${JSON.stringify(checkKey(key))} of the private folder ${JSON.stringify(dir)}`;
      return attempt(dir, `lock ${JSON.stringify(key)}`, async () => {
        const held = await acquireWebLock(`keepfit:opfs:${dir}:${key}`, what);
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
