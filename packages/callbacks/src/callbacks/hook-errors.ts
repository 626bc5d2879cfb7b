import { toKeepfitError } from '../checks/format-error.js';
import type { CallbackHooks } from '../contract/callback-hooks.js';
import { escapeLine } from '../contract/escape-text.js';
import type { KeepfitError } from '../contract/keepfit-error.js';

/** @throws KEEPFIT_HOOK_FAILED when the callback's own code throws. A KeepfitError passes unchanged. */
export async function withHookErrors(
  callback: CallbackHooks,
  member: string,
  run: () => unknown,
): Promise<void> {
  try {
    await run();
  } catch (error) {
    throw createHookError(callback, member, error);
  }
}

/** The error for what a member of a callback threw. */
export function createHookError(callback: CallbackHooks, member: string, cause: unknown): KeepfitError {
  const what = `${member} of the callback ${formatCallback(callback)} threw`;
  return toKeepfitError(cause, 'KEEPFIT_HOOK_FAILED', what);
}

/** A callback in messages. */
export function formatCallback(callback: CallbackHooks): string {
  const className = callback.constructor?.name;
  return escapeLine(
    callback.name ??
      (className === undefined || className === 'Object' ? '(a plain object without a name)' : className),
  );
}
