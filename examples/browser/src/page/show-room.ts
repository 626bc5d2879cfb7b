import { getStorageRoom } from '@keepfit/callbacks';
import { element } from './elements.js';
import { sizeOf } from './wording.js';

/** Says how much room the browser gives, and whether it keeps what is stored. */
export async function showRoom(): Promise<void> {
  const room = await getStorageRoom();
  if (room === undefined) return;
  const keeping = room.persistent
    ? 'The browser keeps it until you delete it.'
    : 'The browser may delete it when it runs short of room.';
  element('room', HTMLElement).textContent = `${sizeOf(room.used)} of ${sizeOf(room.quota)} used. ${keeping}`;
}
