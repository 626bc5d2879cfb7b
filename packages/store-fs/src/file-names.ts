import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { checkKey } from '@keepfit/callbacks/store';

const SUFFIX = '.safetensors';
const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/** `<folder>/<key>.safetensors`. */
export function checkpointPath(folder: string, key: string): string {
  return join(folder, `${key}${SUFFIX}`);
}

/** `<folder>/.<key>.lock`. A key begins with a letter or digit, so no checkpoint has such a name. */
export function lockPath(folder: string, key: string): string {
  return join(folder, `.${key}.lock`);
}

/** `<folder>/.<key>.<uuid>.tmp`, another each time. */
export function newTempPath(folder: string, key: string): string {
  return join(folder, `.${key}.${randomUUID()}.tmp`);
}

/** Whether this is the name of a temp file of this key, not of a longer key that begins alike. */
export function isTempName(name: string, key: string): boolean {
  const [before, after] = [`.${key}.`, '.tmp'];
  return (
    name.startsWith(before) &&
    name.endsWith(after) &&
    new RegExp(`^${UUID}$`).test(name.slice(before.length, -after.length))
  );
}

/** The key of a checkpoint's file name, or undefined where fsStore would not have given this name. */
export function keyOfName(name: string): string | undefined {
  if (!name.endsWith(SUFFIX)) return undefined;
  try {
    return checkKey(name.slice(0, -SUFFIX.length));
  } catch {
    return undefined;
  }
}
