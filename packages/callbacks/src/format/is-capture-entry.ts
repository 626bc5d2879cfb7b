import type { CaptureEntry } from '../contract/state.js';

/** Whether a value has the name and the function of a captured tensor; its type and shape are checked when it is placed. */
export function isCaptureEntry(value: unknown): value is CaptureEntry {
  const entry = value as Partial<CaptureEntry> | null | undefined;
  return typeof entry?.name === 'string' && typeof entry.read === 'function';
}
