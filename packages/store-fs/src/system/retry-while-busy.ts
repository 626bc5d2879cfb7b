import { codeOf } from './code-of.js';
import type { Machine } from './machine.js';

const BUSY = new Set(['EPERM', 'EACCES', 'EBUSY']);
const LONGEST_WAIT = 500;
const PATIENCE = 10_000;

/**
 * Runs an operation on a file that, on Windows, a reader or a virus scanner may hold for a moment: tries again for up to 10 s, at
 * first after 10 ms, then at growing intervals up to 500 ms. Elsewhere such an error does not pass by waiting, and rejects at once.
 */
export async function retryWhileBusy<Result>(
  machine: Machine,
  operation: () => Promise<Result>,
): Promise<Result> {
  for (let waited = 0, wait = 10; ; waited += wait, wait = Math.min(2 * wait, LONGEST_WAIT)) {
    try {
      return await operation();
    } catch (error) {
      if (!machine.isWindows || !BUSY.has(codeOf(error)) || waited >= PATIENCE) throw error;
    }
    await machine.pause(wait);
  }
}
