import { isKey } from '@keepfit/callbacks/store';
import { listFolders } from '../client/list-names.js';
import type { S3Client } from '../client/contract.js';
import { type Place, readPointer } from './place.js';

/** How many pointers are read at once. */
const AT_ONCE = 16;

/** Lists the keys that hold a checkpoint. Reads the pointer of each, because those of deleted ones stay. */
export async function listKeys(
  client: S3Client,
  prefix: string,
  getPlace: (key: string) => Place,
): Promise<string[]> {
  const folders = await listFolders(client, prefix);
  const keys = folders.map((folder) => folder.slice(prefix.length, -1)).filter(isKey);
  const found: string[] = [];
  const waiting = keys.values();
  const readNext = async (): Promise<void> => {
    for (const key of waiting) {
      const pointer = await readPointer(getPlace(key));
      if (pointer !== undefined && pointer.value.object !== null) found.push(key);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, readNext));
  return found;
}
