import { isKey } from '../checks/check-key.js';
import { BEST, COUNT, readState, type StateRule, TEXT } from '../checks/read-state.js';
import type { StateRecord } from '../contract/state.js';
import { KeyPattern } from './key-pattern.js';
import { FILES, type ModelFile } from './model-files.js';
import { type SavedMonitor, savedMonitorRules } from './monitor.js';

/** What `ModelCheckpoint` remembers. */
export interface SavedModelCheckpoint extends SavedMonitor {
  readonly best: number | null;
  /** `initialValueThreshold`, if it is the best value because no model has beaten it. */
  readonly threshold: number | null;
  readonly batchesSinceSave: number;
  readonly saves: number;
  /** A checkpoint that was requested and is not yet written; null if there is none. */
  readonly pendingKey: string | null;
  readonly pendingValue: number | null;
  /** The `keyPattern` that its key was made of; empty if none waits. */
  readonly pendingPattern: string;
  readonly files: readonly ModelFile[];
  readonly runId: string;
  /** The pattern of the files. Empty without `maxToKeep`. */
  readonly keyPattern: string;
}

const KEY: StateRule<string | null> = [
  (value): value is string | null => value === null || isKey(value),
  'a key of a store, or null if none waits',
  null,
];

const PATTERN: StateRule<string> = [
  (value): value is string => value === '' || (typeof value === 'string' && isPattern(value)),
  'a keyPattern, or empty',
  '',
];

/**
 * Reads the state of a `ModelCheckpoint`. A function, so that programs without one do not contain the rules.
 *
 * @throws KEEPFIT_CHECKPOINT_CORRUPT when the state is not one of this callback.
 */
export function readModelCheckpointState(owner: string, state: StateRecord): SavedModelCheckpoint {
  const [isValid, wanted] = BEST;
  const value: StateRule<number | null> = [isValid, wanted, null];
  return readState<SavedModelCheckpoint>(owner, state, {
    ...{ best: BEST, threshold: value, batchesSinceSave: COUNT, saves: COUNT },
    ...{ pendingKey: KEY, pendingValue: value, pendingPattern: PATTERN },
    ...{ files: FILES, runId: TEXT, keyPattern: PATTERN },
    ...savedMonitorRules,
  });
}

function isPattern(text: string): boolean {
  try {
    return new KeyPattern(text, 'keyPattern').names !== undefined;
  } catch {
    return false;
  }
}
