import util from 'node:util';

interface OldUtil {
  isNullOrUndefined?: (value: unknown) => boolean;
}

/**
 * Restores the function of `node:util` that every op of tfjs-node calls and that Node 23 has removed. Returns a
 * function that removes it again.
 */
export function restoreUtil(): () => void {
  const old = util as OldUtil;
  if (old.isNullOrUndefined !== undefined) return () => undefined;
  old.isNullOrUndefined = (value) => value === null || value === undefined;
  return () => void Reflect.deleteProperty(old, 'isNullOrUndefined');
}
