import { formatValue } from '../checks/format-value.js';
import type { CallbackHooks } from '../contract/callback-hooks.js';
import type { Capture, StateRecord } from '../contract/state.js';
import { holdState } from './hold-state.js';
import { createHookError, formatCallback, withHookErrors } from './hook-errors.js';
import { printWarning } from '../contract/print.js';

/** The state of one callback in a checkpoint. Its owner is the `ordinal`-th callback of that name, from 0. */
export interface OwnedState extends StateRecord {
  readonly name: string;
  readonly ordinal: number;
  readonly state: StateRecord;
}

interface StatefulCallback {
  readonly callback: CallbackHooks;
  readonly name: string;
  readonly ordinal: number;
}

/** The callbacks that have a state, each with what its state is found by. */
export function listStateful(callbacks: readonly CallbackHooks[]): StatefulCallback[] {
  const counts = new Map<string, number>();
  return callbacks.flatMap((callback) => {
    if (callback.getState === undefined || callback.name === undefined) return [];
    const ordinal = counts.get(callback.name) ?? 0;
    counts.set(callback.name, ordinal + 1);
    return [{ callback, name: callback.name, ordinal }];
  });
}

/** @throws KEEPFIT_HOOK_FAILED when `getState` throws. */
export function readState(callback: CallbackHooks): StateRecord {
  try {
    return callback.getState?.() ?? {};
  } catch (error) {
    throw createHookError(callback, 'getState', error);
  }
}

/** A callback, and the state that it is to get. */
export interface Owner {
  readonly callback: CallbackHooks;
  readonly saved: StateRecord;
}

/**
 * Gives each owner its state: all, or none. If a `setState` fails, the callbacks that were given a state are
 * given their former one, from their own `getState`, and the error is thrown.
 */
export async function giveStates(owners: readonly Owner[]): Promise<void> {
  const captures: Capture[] = [];
  const given: { callback: CallbackHooks; former: StateRecord }[] = [];
  try {
    const former = owners.map(({ callback }) => holdState(readState(callback), captures));
    for (const [index, { callback, saved }] of owners.entries()) {
      given.push({ callback, former: former[index] ?? {} });
      await withHookErrors(callback, 'setState', () => callback.setState?.(saved));
    }
  } catch (error) {
    const failed = given.at(-1)?.callback;
    for (const { callback, former } of given.reverse())
      await giveFormerState(callback, former, callback === failed);
    throw error;
  } finally {
    for (const capture of captures) capture.dispose();
  }
}

/**
 * A failure here must not hide the error that made it necessary. The callback that caused it may refuse every
 * state, and is not warned about.
 */
async function giveFormerState(
  callback: CallbackHooks,
  former: StateRecord,
  hasFailed: boolean,
): Promise<void> {
  try {
    await callback.setState?.(former);
  } catch (error) {
    if (hasFailed) return;
    const reason = error instanceof Error ? error.message : formatValue(error);
    printWarning(
      `keepfit: the callback ${formatCallback(callback)} did not take its former state back after the restore failed: ${reason}. Make a new one before you run fit again`,
    );
  }
}
