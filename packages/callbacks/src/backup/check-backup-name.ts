import { checkKey } from '../checks/check-key.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import { SECOND_SUFFIX } from '../stored/read-checkpoints.js';

/**
 * Returns the name of a backup if no other backup can have its two keys.
 *
 * @throws KEEPFIT_INVALID_OPTION when the name is not valid.
 */
export function checkBackupName(name: string): string {
  const option = 'name of BackupAndRestore';
  checkKey(name, option);
  const longest = 101 - SECOND_SUFFIX.length;
  if (!name.endsWith(SECOND_SUFFIX) && name.length <= longest) return name;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `${option} must have at most ${longest} characters and not end in "${SECOND_SUFFIX}", which marks the second checkpoint, but it is "${name}"`,
  );
}
