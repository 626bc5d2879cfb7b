import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { isKey } from '@keepfit/callbacks/store';

const SUFFIX = '.safetensors';
const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/** Whether a text is a uuid. Only then it names one file of the folder. */
export function isUuid(text: string): boolean {
  return new RegExp(`^${UUID}$`).test(text);
}

/** Returns `<folder>/<key>.safetensors`. */
export function getCheckpointPath(folder: string, key: string): string {
  return join(folder, `${key}${SUFFIX}`);
}

/** Returns `<folder>/.<key>.lock`. A key begins with a letter or digit, so no checkpoint has such a name. */
export function getLockPath(folder: string, key: string): string {
  return join(folder, `.${key}.lock`);
}

/**
 * Returns `<folder>/.<key>.lock.<uuid>`, the file of whoever takes over from the holder with this uuid. A
 * uuid is never used again, so neither is this name.
 */
export function getSuccessorPath(folder: string, key: string, uuid: string): string {
  return `${getLockPath(folder, key)}.${uuid}`;
}

/** Returns `<folder>/.<key>.<uuid>.claim`. */
export function getClaimPath(folder: string, key: string, uuid: string): string {
  return join(folder, `.${key}.${uuid}.claim`);
}

/**
 * Creates a new name `.<key>.<16 hex digits>.sock`. It is short because the path of a socket may have about
 * 100 bytes. The second half tells the boot: only the kernel of that boot knows who listens.
 */
export function createSocketName(key: string, bootId: string | undefined): string {
  return `.${key}.${randomUUID().slice(0, 8)}${getBootTag(bootId)}.sock`;
}

function getBootTag(bootId: string | undefined): string {
  const tag = bootId?.slice(0, 8) ?? '';
  return /^[0-9a-f]{8}$/.test(tag) ? tag : '00000000';
}

/** Whether this is the name of a socket of this key; if a boot is given, of that boot. */
export function isSocketName(name: string, key: string, bootId?: string): boolean {
  const tag = bootId === undefined ? '[0-9a-f]{8}' : getBootTag(bootId);
  return isNameOf(name, `.${key}.`, `[0-9a-f]{8}${tag}`, '.sock');
}

/** Whether this is the name of a file that `getSuccessorPath` names for this key. */
export function isSuccessorName(name: string, key: string): boolean {
  return isNameOf(name, `.${key}.lock.`, UUID, '');
}

/** Whether this is the name of a file that `getClaimPath` names for this key. */
export function isClaimName(name: string, key: string): boolean {
  return isNameOf(name, `.${key}.`, UUID, '.claim');
}

/** Creates a new `<folder>/.<key>.<uuid>.tmp` each time. */
export function createTempPath(folder: string, key: string): string {
  return join(folder, `.${key}.${randomUUID()}.tmp`);
}

/**
 * Whether this is the name of a temp file of this key, not of a longer key that begins with it. A socket has
 * a shorter temp name.
 */
export function isTempName(name: string, key: string): boolean {
  return isNameOf(name, `.${key}.`, `(?:${UUID}|[0-9a-f]{16})`, '.tmp');
}

function isNameOf(name: string, before: string, middle: string, after: string): boolean {
  return (
    name.startsWith(before) &&
    name.endsWith(after) &&
    new RegExp(`^${middle}$`).test(name.slice(before.length, name.length - after.length))
  );
}

/** Finds the key in the file name of a checkpoint; undefined if fsStore gives no such names. */
export function findKey(name: string): string | undefined {
  const key = name.slice(0, -SUFFIX.length);
  return name.endsWith(SUFFIX) && isKey(key) ? key : undefined;
}
