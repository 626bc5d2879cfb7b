import { type CheckpointContent, KeepfitError, type StoreCondition } from '@keepfit/callbacks/store';
import { withFolderErrors, getCheckpointName, type Folder, getTempName } from './folder.js';

/** How often a write begins again if its folder is deleted meanwhile. */
const TRIES = 5;

/**
 * Replaces a checkpoint: whole old or whole new bytes however the browser ends; the new ones once this
 * resolves. Begins again if the folder is deleted meanwhile, unless the condition needs what was in it.
 *
 * @param check Throws if the lock of the key is lost.
 */
export async function writeCheckpoint(
  folder: Folder,
  key: string,
  content: CheckpointContent,
  check: () => void,
  condition: StoreCondition | undefined,
): Promise<string> {
  for (let left = TRIES; ; left--) {
    try {
      return await writeOnce(folder, key, content, check, condition);
    } catch (error) {
      const { cause } = error as { cause?: { name?: unknown } };
      if (cause?.name !== 'NotFoundError') throw error;
      if (left <= 1 || typeof condition?.replaces === 'string')
        throw createConflictError(key, 'was deleted, with its folder, during the write');
    }
  }
}

async function writeOnce(
  folder: Folder,
  key: string,
  content: CheckpointContent,
  check: () => void,
  condition: StoreCondition | undefined,
): Promise<string> {
  const action = `store the ${content.byteLength} bytes of ${JSON.stringify(key)}`;
  const step = <Result>(run: () => Promise<Result>): Promise<Result> =>
    withFolderErrors(folder.dir, action, run);
  const name = getCheckpointName(key);
  const version = crypto.randomUUID();
  const temp = getTempName(version, key);
  const file = await step(() => folder.create(temp));
  try {
    try {
      await writeChunks(content, (bytes) => step(() => file.write(bytes)));
      await step(() => file.write(new TextEncoder().encode(version)));
      await step(() =>
        folder.withLock('exclusive', async () => {
          if (condition !== undefined) checkVersion(key, condition.replaces, await folder.version(name));
          await file.finish();
          check();
          await folder.move(temp, name);
        }),
      );
    } finally {
      await file.close().catch(() => undefined);
    }
  } catch (error) {
    await folder.remove(temp).catch(() => undefined);
    throw error;
  }
  return version;
}

/** @throws KEEPFIT_STORE_CONFLICT when another version is stored. */
export function checkVersion(key: string, expected: string | null, found: string | null): void {
  if (expected !== found) throw createConflictError(key, `is at version ${found}, not ${expected}`);
}

function createConflictError(key: string, what: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_CONFLICT',
    `${JSON.stringify(key)} ${what}: another writer came first; give each training its own name`,
  );
}

/** A page copies this many bytes in a few milliseconds at most. */
const PIECE = 2 ** 22;

/**
 * Writes all chunks in order, large ones in pieces.
 *
 * @throws KEEPFIT_STORE_FAILED when the chunks do not have the announced length.
 */
async function writeChunks(
  { byteLength, chunks }: CheckpointContent,
  write: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>,
): Promise<void> {
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.byteLength;
    if (length > byteLength) break;
    // Read the bytes of the view, whatever its type.
    const bytes = new Uint8Array(chunk.buffer as ArrayBuffer, chunk.byteOffset, chunk.byteLength);
    for (let from = 0; from < bytes.length; from += PIECE) await write(bytes.subarray(from, from + PIECE));
  }
  if (length === byteLength) return;
  throw new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    `the chunks must have ${byteLength} bytes, not ${length}; the old checkpoint stays`,
  );
}
