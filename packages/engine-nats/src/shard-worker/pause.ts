import { timers } from '@keepfit/callbacks/internal';

/** How long to wait before the server is asked again, in milliseconds. */
export const PAUSE = 250;

/** News does not end it, so that a request that fails is not repeated at once. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => timers.setTimeout(resolve, milliseconds));
}
