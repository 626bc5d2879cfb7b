import { KeepfitError } from '@keepfit/callbacks';

/**
 * Checks that each log has a key of its own: otherwise one would silently replace the other.
 *
 * @throws KEEPFIT_INVALID_OPTION when two losses or metrics have one key, or a metric has that of a validation log.
 * @throws KEEPFIT_INVALID_OPTION when a key is a property of every JavaScript object, which records cannot hold.
 */
export function checkLogKeys(keys: readonly string[]): void {
  const twin = keys.find(
    (key, index) =>
      keys.indexOf(key) < index ||
      (key.startsWith('val_') && keys.includes(withoutNumber(key.slice(4), keys))),
  );
  if (twin !== undefined) refuseKey(`two losses or metrics log ${JSON.stringify(twin)}`);
  const special = keys.find((key) => key in {});
  if (special !== undefined) refuseKey(`logs cannot hold the key ${JSON.stringify(special)}`);
}

/** `f1_score_1` may be one of several values of `f1_score`. */
function withoutNumber(key: string, keys: readonly string[]): string {
  return keys.includes(key) ? key : key.replace(/_\d+$/, '');
}

/**
 * Checks that no other log has the key of one of a metric's values.
 *
 * @throws KEEPFIT_INVALID_OPTION when one has.
 */
export function checkNumberedKeys(key: string, count: number, keys: readonly string[]): void {
  const twin = count === 1 ? undefined : numberKeys(key, count).find((name) => keys.includes(name));
  if (twin !== undefined)
    refuseKey(`two metrics log ${JSON.stringify(twin)}, because one of them has several values`);
}

/**
 * The keys of a metric's values. Several get numbered keys, `f1_score_0` and so on: Keras logs a list under one
 * key, which no callback can compare or write.
 */
export function numberKeys(key: string, count: number): string[] {
  return count === 1 ? [key] : Array.from({ length: count }, (_, index) => `${key}_${index}`);
}

function refuseKey(what: string): never {
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `${what}; give a metric a name of its own, such as name: 'by_class'`,
  );
}
