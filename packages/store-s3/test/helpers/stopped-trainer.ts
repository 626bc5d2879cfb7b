import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { createContent } from '@keepfit/callbacks/testing';
import { s3Store } from '../../src/index.js';
import { createBytes } from './create-bytes.js';
import { signedFetch } from './signed-fetch.js';

/**
 * A process to stop. It takes the lock, stores a checkpoint and prints "holds". After a line it sets a checkpoint of two
 * parts, or deletes, then sets and deletes once more. It prints what came of each, and whether it knows that its lock
 * is lost.
 */
const [url = '', prefix = '', action] = process.argv.slice(2);
const store = s3Store({ url, prefix, fetch: signedFetch, ttl: 27_000 });
const lock = await store.lock?.('backup');
const first = await store.set('backup', createContent(createBytes(900, 1)));
writeSync(1, 'holds\n');
await once(process.stdin, 'data');
const set = (bytes: Uint8Array): Promise<string> =>
  store.set('backup', createContent(bytes, 2 ** 20), { replaces: first });
const outcomes = [
  await getOutcome(action === 'set' ? set(createBytes(9 * 2 ** 20, 2)) : store.delete('backup')),
  await getOutcome(store.set('backup', createContent(createBytes(800, 3)))),
  await getOutcome(store.delete('backup')),
];
writeSync(1, `${JSON.stringify({ outcomes, isLost: lock?.lost?.aborted })}\n`);
process.exit();

/** Resolves to "done", or to the code of the error. */
async function getOutcome(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'done',
    (error: { readonly code?: string }) => error.code ?? String(error),
  );
}
