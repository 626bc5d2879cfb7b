import { KeepfitError } from '@keepfit/callbacks/store';
import type { ProcessIdentity } from '../system/host.js';
import type { Verdict } from './judge-holder.js';
import type { LockHolder } from './lock-holder.js';

/**
 * Creates the KEEPFIT_STORE_LOCKED that says who holds the lock, why that one is not known to be gone, and
 * how to fix it.
 */
export function createLockError(
  path: string,
  holder: LockHolder | undefined,
  verdict: Verdict,
  self: ProcessIdentity,
): KeepfitError {
  if (holder === undefined) {
    const message = `the lock file ${path} does not say who holds it; if no trainer uses this checkpoint, delete that file`;
    return new KeepfitError('KEEPFIT_STORE_LOCKED', message);
  }
  const who = `process ${holder.pid} on host ${holder.host} has held ${path} since ${holder.since}`;
  return new KeepfitError('KEEPFIT_STORE_LOCKED', `${who}: ${advise(holder, verdict, self)}`);
}

/**
 * Creates the KEEPFIT_STORE_CONFLICT of a trainer whose lock does not name it any more. If there is no lock
 * file, the cause has the code ENOENT.
 */
export function createLostError(path: string, holder: LockHolder | undefined, exists: boolean): KeepfitError {
  const refused = 'Nothing was changed';
  if (!exists) {
    const message =
      `the lock file ${path} of this training was deleted, so another trainer may have finished the run meanwhile. ` +
      `${refused}. Start this training again, and let nothing else delete files in that folder`;
    const cause = Object.assign(new Error('the lock file is missing'), { code: 'ENOENT', path });
    return new KeepfitError('KEEPFIT_STORE_CONFLICT', message, { cause });
  }
  const who =
    holder === undefined
      ? 'does not say any more that this training holds it'
      : `names process ${holder.pid} on host ${holder.host} since ${holder.since} instead of this training`;
  return new KeepfitError(
    'KEEPFIT_STORE_CONFLICT',
    `the lock file ${path} ${who}: it was deleted or replaced, and another trainer may write now. ` +
      `${refused}. Stop one of the two, or give each its own folder or name`,
  );
}

const WAIT = 'wait until that trainer ends, or give each its own folder or name';

function advise(holder: LockHolder, verdict: Verdict, self: ProcessIdentity): string {
  if (isSelf(holder, self)) return adviseSelf(holder, verdict, self);
  switch (verdict) {
    case 'answers':
      return `it answers, so it still runs; ${WAIT}`;
    case 'unseen':
      return `a process with this id runs, but ${adviseThread(holder)}`;
    case 'hidden':
      return (
        'it belongs to another container of this machine, and whether it still runs cannot be seen from here; ' +
        'if it is gone for good, delete that file'
      );
    case 'elsewhere':
      return `whether it still runs cannot be seen from ${self.host}; if it is gone for good, delete that file`;
    default:
      return `a process with this id runs; ${WAIT}; if that process is no trainer, delete that file`;
  }
}

function adviseSelf(holder: LockHolder, verdict: Verdict, self: ProcessIdentity): string {
  const { threadId } = holder;
  const end = 'let the first training end, or give each its own folder or name';
  if (threadId === undefined || threadId === self.threadId) return `that is this very process; ${end}`;
  const who = threadId === 0 ? 'the main thread' : `the worker thread ${threadId}`;
  if (threadId === 0 || verdict === 'runs' || verdict === 'answers')
    return `that is ${who} of this very process, which still runs; ${end}`;
  return `that is this very process, but ${adviseThread(holder)}`;
}

function adviseThread({ threadId }: LockHolder): string {
  return `whether its worker thread ${threadId} still runs cannot be seen; ${WAIT}; if that thread has ended, delete that file`;
}

function isSelf(holder: LockHolder, self: ProcessIdentity): boolean {
  const fields = ['host', 'bootId', 'pidNamespace', 'pid', 'startTime'] as const;
  return fields.every((field) => holder[field] === self[field]);
}
