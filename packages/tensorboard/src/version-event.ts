import { ProtoMessage } from './proto-message.js';

/** The event that an event file begins with, encoded. `wallTime` is in seconds since 1970. */
export function versionEvent(wallTime: number): Uint8Array {
  return new ProtoMessage().double(1, wallTime).text(3, 'brain.Event:2').encode();
}
