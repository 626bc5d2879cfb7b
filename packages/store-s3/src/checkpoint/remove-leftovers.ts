import { listNames } from '../client/list-names.js';
import { listElements } from '../client/xml.js';
import { LEASE, type Place, POINTER } from './place.js';

/**
 * Removes the objects and ends the uploads that writers have left behind who were killed. The pointer must name the
 * new holder already, so that it takes no object of an earlier one any more.
 *
 * @param current The object that the pointer names.
 */
export async function removeLeftovers(place: Place, holder: string, current: string | null): Promise<void> {
  const { client, folder } = place;
  const isLeftover = (name: string): boolean =>
    ![POINTER, LEASE, current].includes(name) && !name.includes('/') && !name.startsWith(`${holder}.`);
  for (const name of await listNames(client, folder)) {
    if (isLeftover(name.slice(folder.length))) await client.send(name, { method: 'DELETE', allowed: [404] });
  }
  // Not every server lists them. A lifecycle rule ends those that stay.
  const query = `uploads&prefix=${encodeURIComponent(folder)}`;
  const { bytes } = await client.send('', { query, allowed: [400, 404, 405, 501] });
  for (const upload of listElements(bytes, 'Upload')) {
    const [name = '', id = ''] = ['Key', 'UploadId'].flatMap((part) => listElements(upload, part));
    if (!name.startsWith(folder) || !isLeftover(name.slice(folder.length))) continue;
    await client.send(name, {
      method: 'DELETE',
      query: `uploadId=${encodeURIComponent(id)}`,
      allowed: [404],
    });
  }
}
