import { type CheckpointContent, KeepfitError } from '@keepfit/callbacks/store';
import { listElements, readElement } from '../client/xml.js';
import type { Place } from './place.js';

/** Bytes in a part of an upload. S3 wants at least 5 MiB. */
const PART = 8 * 2 ** 20;
/** S3's limit. */
const MOST_PARTS = 10_000;
/** How many parts are on their way at once. */
const IN_FLIGHT = 4;

/**
 * Uploads a content as an object, in one request or, if it has more than 8 MiB, in parts. At most five parts are in
 * memory. If it fails, nothing is left behind, unless the server cannot be reached.
 *
 * @throws KEEPFIT_STORE_FAILED when the chunks do not add up.
 */
export async function uploadObject(place: Place, object: string, content: CheckpointContent): Promise<void> {
  const name = place.folder + object;
  if (content.byteLength > PART) return uploadParts(place, name, content);
  for await (const body of cutParts(content, content.byteLength))
    await place.client.send(name, { method: 'PUT', body });
}

async function uploadParts({ client }: Place, name: string, content: CheckpointContent): Promise<void> {
  const begun = await client.send(name, { method: 'POST', query: 'uploads' });
  const id = encodeURIComponent(readElement(begun.bytes, 'UploadId') ?? '');
  const running = new Set<Promise<void>>();
  try {
    const tags: string[] = [];
    let number = 0;
    for await (const body of cutParts(content, Math.max(PART, Math.ceil(content.byteLength / MOST_PARTS)))) {
      if (running.size === IN_FLIGHT) await Promise.race(running);
      const index = number++;
      const part = client
        .send(name, { method: 'PUT', query: `partNumber=${index + 1}&uploadId=${id}`, body })
        .then(({ headers }) => {
          tags[index] = headers.get('etag') ?? '';
          running.delete(part);
        });
      running.add(part);
      part.catch(() => undefined);
    }
    await Promise.all(running);
    await completeUpload({ client }, name, id, tags, content.byteLength);
  } catch (error) {
    await Promise.allSettled(running);
    await client
      .send(name, { method: 'DELETE', query: `uploadId=${id}`, allowed: [404] })
      .catch(() => undefined);
    throw error;
  }
}

async function completeUpload(
  { client }: Pick<Place, 'client'>,
  name: string,
  id: string,
  tags: readonly string[],
  byteLength: number,
): Promise<void> {
  const parts = tags.map(
    (tag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${tag}</ETag></Part>`,
  );
  const body = new TextEncoder().encode(
    `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`,
  );
  const answer = await client.send(name, { method: 'POST', query: `uploadId=${id}`, body, allowed: [404] });
  const [reason] = listElements(answer.bytes, 'Code');
  // S3 may report an error after it has begun the answer with 200.
  if (answer.status !== 404 && reason === undefined) return;
  // Gone, because an earlier try succeeded whose answer was lost?
  const found = await client.send(name, { method: 'HEAD', allowed: [404] });
  if (found.status !== 404 && Number(found.headers.get('content-length')) === byteLength) return;
  throw new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    `the upload of ${name} in ${tags.length} parts could not be completed (${reason ?? answer.status}); the old checkpoint stays. A lifecycle rule that ends uploads must give them at least a day`,
  );
}

/** Copies the chunks into parts of `length` bytes, the last one shorter: one empty part if there are no bytes. */
async function* cutParts(
  { byteLength, chunks }: CheckpointContent,
  length: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  let part = new Uint8Array(Math.min(length, byteLength));
  let [total, filled] = [0, 0];
  for await (const chunk of chunks) {
    if (total + chunk.byteLength > byteLength)
      throw createLengthError(byteLength, `${total + chunk.byteLength} or more`);
    for (let from = 0; from < chunk.byteLength;) {
      // Read the bytes of the view, whatever its type.
      const size = Math.min(chunk.byteLength - from, part.length - filled);
      part.set(new Uint8Array(chunk.buffer, chunk.byteOffset + from, size), filled);
      [from, filled, total] = [from + size, filled + size, total + size];
      if (filled < part.length || total === byteLength) continue;
      yield part;
      part = new Uint8Array(Math.min(length, byteLength - total));
      filled = 0;
    }
  }
  if (total !== byteLength) throw createLengthError(byteLength, String(total));
  yield part;
}

function createLengthError(announced: number, found: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    `the chunks must have ${announced} bytes, not ${found}; the old checkpoint stays`,
  );
}
