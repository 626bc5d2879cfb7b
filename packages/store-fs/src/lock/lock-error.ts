import { KeepfitError } from '@keepfit/callbacks/store';
import type { LockHolder } from './lock-holder.js';
import type { ProcessIdentity } from '../system/machine.js';

/** KEEPFIT_STORE_LOCKED: who has the lock, and what would do. */
export function lockError(path: string, holder: LockHolder | undefined, self: ProcessIdentity): KeepfitError {
  if (holder === undefined) {
    const message = `the lock file ${path} does not say who holds it; if no trainer uses this checkpoint, delete that file`;
    return new KeepfitError('KEEPFIT_STORE_LOCKED', message);
  }
  const who = `process ${holder.pid} on host ${holder.host} has held ${path} since ${holder.since}`;
  return new KeepfitError('KEEPFIT_STORE_LOCKED', `${who}: ${adviceFor(holder, self)}`);
}

function adviceFor(holder: LockHolder, self: ProcessIdentity): string {
  if (holder.host !== self.host) {
    return `whether it still runs cannot be seen from ${self.host}; if it is gone for good, delete that file`;
  }
  if (holder.pid === self.pid)
    return 'that is this very process; let the first training end, or give each its own folder or name';
  return `wait until that trainer ends, or give each its own folder or name; if that process is no trainer, delete that file`;
}
