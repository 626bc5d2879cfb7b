import { type CheckpointContent, KeepfitError, type SetCondition } from '@keepfit/callbacks/store';
import { attempt } from './attempt.js';
import { checkpointName, tempName } from './file-names.js';
import type { Folder } from './folder.js';
import { writeChunks } from './write-chunks.js';

/** Replaces a checkpoint: whole old or whole new bytes however the browser ends, the new ones once this resolves. */
export async function writeCheckpoint(
  folder: Folder,
  key: string,
  content: CheckpointContent,
  condition: SetCondition | undefined,
): Promise<string> {
  const action = `store the ${content.byteLength} bytes of ${JSON.stringify(key)}`;
  const step = <Result>(run: () => Promise<Result>): Promise<Result> => attempt(folder.dir, action, run);
  const name = checkpointName(key);
  const version = crypto.randomUUID();
  const temp = tempName(version, key);
  const file = await step(() => folder.create(temp));
  try {
    try {
      await writeChunks(content, (bytes) => step(() => file.write(bytes)));
      await step(() => file.write(new TextEncoder().encode(version)));
      await step(() =>
        folder.commits('exclusive', async () => {
          if (condition !== undefined) checkVersion(key, condition.replaces, await folder.version(name));
          await file.finish();
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

function checkVersion(key: string, expected: string | null, found: string | null): void {
  if (expected === found) return;
  throw new KeepfitError(
    'KEEPFIT_STORE_CONFLICT',
    `${JSON.stringify(key)} is at version ${found}, not ${expected}: another writer came first; give each training its own name`,
  );
}
