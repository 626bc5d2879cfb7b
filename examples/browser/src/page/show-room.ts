import { getStorageRoom } from '@keepfit/callbacks';
import { getElement } from './elements.js';
import { formatSize } from './wording.js';

/** Shows how much room the browser gives, and whether it keeps stored data. */
export async function showRoom(): Promise<void> {
  const room = await getStorageRoom();
  if (room === undefined) return;
  const keeping = room.persistent
    ? 'The browser keeps it until you delete it.'
    : 'The browser may delete it when it runs short of room.';
  getElement('room', HTMLElement).textContent =
    `${formatSize(room.used)} of ${formatSize(room.quota)} used. ${keeping}`;
}
