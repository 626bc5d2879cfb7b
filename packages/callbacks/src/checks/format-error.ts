import { isKeepfitError, KeepfitError, type KeepfitErrorCode } from '../contract/keepfit-error.js';
import { formatValue } from './format-value.js';

/** Formats what was thrown, for a message. It may be anything, also an object whose members throw. */
export function formatError(thrown: unknown): string {
  try {
    return thrown instanceof Error ? thrown.message : formatValue(thrown);
  } catch {
    return 'a value that cannot be read';
  }
}

/** Returns a KeepfitError unchanged; anything else becomes the cause of one: `what`, then the reason. */
export function toKeepfitError(thrown: unknown, code: KeepfitErrorCode, what: string): KeepfitError {
  try {
    if (isKeepfitError(thrown)) return thrown;
  } catch {
    // An error whose members throw is none of ours.
  }
  return new KeepfitError(code, `${what}: ${formatError(thrown)}`, { cause: thrown });
}
