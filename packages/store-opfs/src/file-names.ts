import { checkKey } from '@keepfit/callbacks/store';

const SUFFIX = '.checkpoint';

/** `<key>.checkpoint`. */
export function checkpointName(key: string): string {
  return checkKey(key) + SUFFIX;
}

/** `<version> <key>`, another each time. A key has no space, so no checkpoint has such a name. */
export function tempName(version: string, key: string): string {
  return `${version} ${key}`;
}

/** Whether this is the name of a temp file of this key. */
export function isTempName(name: string, key: string): boolean {
  return name.endsWith(` ${key}`);
}

/** The key of a checkpoint's file name, or undefined for the name of anything else. */
export function keyOfName(name: string): string | undefined {
  return name.endsWith(SUFFIX) && !name.includes(' ') ? name.slice(0, -SUFFIX.length) : undefined;
}
