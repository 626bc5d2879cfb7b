import { checkKey } from '../checks/check-key.js';
import { KeepfitError } from '../contract/keepfit-error.js';

/** What stands behind the name of a backup in the key of its second checkpoint. */
export const SECOND = '.2';

/** Returns the name of a backup if it and its second checkpoint have keys that no other backup has. @throws KEEPFIT_INVALID_OPTION */
export function checkBackupName(name: string): string {
  const option = 'name of BackupAndRestore';
  checkKey(name, option);
  const longest = 101 - SECOND.length;
  if (!name.endsWith(SECOND) && name.length <= longest) return name;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `${option} must have at most ${longest} characters and not end in "${SECOND}", which is for the second checkpoint, not be "${name}"`,
  );
}
