import type { Report } from '../messages.js';

/** Sends a report to the page around the frame. */
export function report(message: Report): void {
  parent.postMessage(message, location.origin);
}
