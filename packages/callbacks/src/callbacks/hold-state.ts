import { isCapture } from '../checks/read-state.js';
import type { Capture, StateRecord, StateValue } from '../contract/state.js';

/**
 * Holds a state as it is now, while its owner continues: clones its captures, which are added to `captures`
 * for the caller to dispose, and copies its arrays and objects.
 */
export function holdState<State extends StateRecord>(state: State, captures: Capture[]): State {
  return holdValue(state, captures) as State;
}

function holdValue(value: StateValue, captures: Capture[]): StateValue {
  if (typeof value !== 'object' || value === null) return value;
  // A view without slice is not an array that a checkpoint can keep: the writer refuses it by name.
  if (ArrayBuffer.isView(value)) return 'slice' in value ? value.slice() : value;
  if (Array.isArray(value)) return (value as readonly StateValue[]).map((item) => holdValue(item, captures));
  if (isCapture(value)) {
    const clone = value.clone();
    captures.push(clone);
    return clone;
  }
  return Object.fromEntries(
    Object.entries(value as StateRecord).map(([key, item]) => [key, holdValue(item, captures)]),
  );
}
