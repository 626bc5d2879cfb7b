import { KeepfitError } from '@keepfit/callbacks/store';
import type { ProcessIdentity } from '../system/host.js';
import type { LockHolder } from './lock-holder.js';

/** Creates the KEEPFIT_STORE_LOCKED that says who holds the lock and how to fix it. */
export function createLockError(
  path: string,
  holder: LockHolder | undefined,
  self: ProcessIdentity,
): KeepfitError {
  if (holder === undefined) {
    const message = `the lock file ${path} does not say who holds it; if no trainer uses this checkpoint, delete that file`;
    return new KeepfitError('KEEPFIT_STORE_LOCKED', message);
  }
  const who = `process ${holder.pid} on host ${holder.host} has held ${path} since ${holder.since}`;
  return new KeepfitError('KEEPFIT_STORE_LOCKED', `${who}: ${advise(holder, self)}`);
}

function advise(holder: LockHolder, self: ProcessIdentity): string {
  if (holder.host !== self.host) {
    return `whether it still runs cannot be seen from ${self.host}; if it is gone for good, delete that file`;
  }
  if (holder.pid === self.pid)
    return 'that is this very process; let the first training end, or give each its own folder or name';
  return `wait until that trainer ends, or give each its own folder or name; if that process is no trainer, delete that file`;
}
