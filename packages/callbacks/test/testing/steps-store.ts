import { KeepfitError } from '../../src/contract/keepfit-error.js';
import type { FaultySubject } from '../../src/testing/index.js';

/** Defects of real stores when something fails below them. */
export type FaultDefect =
  | 'writes in place'
  | 'takes a write for done that was not'
  | 'forgets the error of the replacement'
  | 'takes a failed read for an absence'
  | 'forgets the error of a delete'
  | 'takes a failed list for an empty one'
  | 'stays locked after a failure';

/** A store that takes several steps over a medium, any of which can fail; correct except for one defect. */
export function stepsStore(defect?: FaultDefect): FaultySubject {
  const is = (one: FaultDefect): boolean => one === defect;
  const medium = new Map<string, Uint8Array>();
  let [count, hasFailed, isBusy, sets] = [0, false, false, 0];
  let fault: Parameters<FaultySubject['failAt']>[0];

  /** One operation of the medium. */
  const step = (effect: () => void): void => {
    const isHit =
      fault !== undefined && (fault.forEver ? count >= fault.operation : count === fault.operation);
    count += 1;
    if (isHit) {
      hasFailed = true;
      throw new KeepfitError('KEEPFIT_STORE_FAILED', 'the medium failed');
    }
    effect();
  };
  const append = (name: string, chunk: Uint8Array): void =>
    void medium.set(name, Buffer.concat([medium.get(name) ?? new Uint8Array(), chunk]));
  const tryStep = (effect: () => void, isForgiven: boolean): void => {
    try {
      step(effect);
    } catch (error) {
      if (!isForgiven) throw error;
    }
  };

  return {
    get hasFailed() {
      return hasFailed;
    },
    failAt: (next) => void ([count, hasFailed, fault] = [0, false, next]),
    store: {
      supports: { durable: false, fencing: false, locking: false },
      async get(key) {
        let found: Uint8Array | undefined;
        tryStep(() => (found = medium.get(key)), is('takes a failed read for an absence'));
        return found && { bytes: new Uint8Array(found), version: `${found.length}` };
      },
      async set(key, content) {
        if (isBusy) throw new KeepfitError('KEEPFIT_STORE_FAILED', 'another set has not ended');
        isBusy = is('stays locked after a failure');
        const temp = is('writes in place') ? key : `temp ${(sets += 1)}`;
        try {
          step(() => medium.set(temp, new Uint8Array()));
          for await (const chunk of content.chunks)
            tryStep(() => append(temp, chunk), is('takes a write for done that was not'));
          tryStep(
            () => medium.set(key, medium.get(temp) ?? new Uint8Array()),
            is('forgets the error of the replacement'),
          );
          // Like the sync of a folder: when it fails, the new bytes are in place, but maybe not for good.
          step(() => undefined);
        } finally {
          if (temp !== key) medium.delete(temp);
        }
        isBusy = false;
        return `${content.byteLength}`;
      },
      async delete(key) {
        tryStep(() => medium.delete(key), is('forgets the error of a delete'));
      },
      async keys() {
        let keys: string[] = [];
        tryStep(() => (keys = [...medium.keys()]), is('takes a failed list for an empty one'));
        return keys;
      },
    },
  };
}
