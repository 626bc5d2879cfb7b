import { getErrorCode } from './file-errors.js';
import type { Platform } from './host.js';

const BUSY = new Set(['EPERM', 'EACCES', 'EBUSY']);
const LONGEST_WAIT = 500;
const PATIENCE = 10_000;

/**
 * Runs an operation on a file that, on Windows, a reader or a virus scanner may hold for a moment. It retries
 * for up to 10 s: first after 10 ms, then at growing intervals of up to 500 ms. On other systems waiting does
 * not help against such an error, which rejects at once.
 *
 * @param check Runs before each try. If it rejects, nothing is tried any more.
 */
export async function retryWhileBusy<Result>(
  host: Platform,
  operation: () => Promise<Result>,
  check: () => Promise<unknown> = async () => undefined,
): Promise<Result> {
  for (let waited = 0, wait = 10; ; waited += wait, wait = Math.min(2 * wait, LONGEST_WAIT)) {
    await check();
    try {
      return await operation();
    } catch (error) {
      if (!host.isWindows || !BUSY.has(getErrorCode(error)) || waited >= PATIENCE) throw error;
    }
    await host.pause(wait);
  }
}
