// What the page remembers when it is closed. The state of the training is in the store of the program.
const KEY = 'keepfit-playground';

export interface Memory {
  /** Undefined for the standard one. */
  readonly program?: string;
  /** Whether the program was running. It then continues when the page is opened again. */
  readonly isRunning?: boolean;
  /** The names of the stores that programs have opened. */
  readonly stores?: readonly string[];
}

export function recall(): Memory {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Memory;
  } catch {
    // The user denies storage to this page.
    return {};
  }
}

export function remember(change: Memory): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...recall(), ...change }));
  } catch {
    // Storage is denied or full. The lines are then lost with the page.
  }
}
