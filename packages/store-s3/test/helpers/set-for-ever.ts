import { createContent, createNumberedBytes } from '@keepfit/callbacks/testing';
import { s3Store } from '../../src/index.js';
import { signedFetch } from './signed-fetch.js';

/**
 * A process to kill. It takes the lock, stores checkpoints for ever, and prints the number of each once it is
 * durable.
 */
const [url = '', prefix = '', first = '0'] = process.argv.slice(2);
const store = s3Store({ url, prefix, fetch: signedFetch, ttl: 300 });
await store.lock?.('backup');
let version = (await store.get('backup'))?.version ?? null;
for (let number = Number(first); ; number++) {
  version = await store.set('backup', createContent(createNumberedBytes(number), 50_000), {
    replaces: version,
  });
  process.stdout.write(`${number}\n`);
}
