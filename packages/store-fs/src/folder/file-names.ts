import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { checkKey } from '@keepfit/callbacks/store';

const SUFFIX = '.safetensors';
const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/** Returns `<folder>/<key>.safetensors`. */
export function getCheckpointPath(folder: string, key: string): string {
  return join(folder, `${key}${SUFFIX}`);
}

/** Returns `<folder>/.<key>.lock`. A key begins with a letter or digit, so no checkpoint has such a name. */
export function getLockPath(folder: string, key: string): string {
  return join(folder, `.${key}.lock`);
}

/** Creates a new `<folder>/.<key>.<uuid>.tmp` each time. */
export function createTempPath(folder: string, key: string): string {
  return join(folder, `.${key}.${randomUUID()}.tmp`);
}

/** Whether this is the name of a temp file of this key, not of a longer key that begins with it. */
export function isTempName(name: string, key: string): boolean {
  const [before, after] = [`.${key}.`, '.tmp'];
  return (
    name.startsWith(before) &&
    name.endsWith(after) &&
    new RegExp(`^${UUID}$`).test(name.slice(before.length, -after.length))
  );
}

/** Finds the key in the file name of a checkpoint; undefined if fsStore gives no such names. */
export function findKey(name: string): string | undefined {
  if (!name.endsWith(SUFFIX)) return undefined;
  try {
    return checkKey(name.slice(0, -SUFFIX.length));
  } catch {
    return undefined;
  }
}
