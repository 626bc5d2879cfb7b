import type { KeepfitErrorCode } from '../contract/keepfit-error.js';
import { assertThat } from './assert-that.js';

/** Fails unless the promise rejects with an Error, and with this code where one is given. */
export async function assertRejects(
  promise: Promise<unknown>,
  what: string,
  code?: KeepfitErrorCode,
): Promise<void> {
  const outcome = await promise.then(
    () => ({ resolved: true as const }),
    (error: unknown) => ({ resolved: false as const, error }),
  );
  assertThat(!outcome.resolved, `${what} must reject, but resolved`);
  assertThat(outcome.error instanceof Error, `${what} must reject with an Error`);
  if (code === undefined) return;
  const found = (outcome.error as { code?: unknown }).code;
  assertThat(
    found === code,
    `${what} must reject with ${code}, but rejected with ${String(found)}: ${outcome.error.message}`,
  );
}
