import { contentOf, numberedBytes } from '@keepfit/callbacks/testing';
import { fsStore } from '../../src/index.js';

/** A process to kill. It takes the lock, stores checkpoints for ever, and prints the number of each once it is durable. */
const [dir = '', first = '0'] = process.argv.slice(2);
const store = fsStore(dir);
await store.lock?.('backup');
let version = (await store.get('backup'))?.version ?? null;
for (let number = Number(first); ; number++) {
  version = await store.set('backup', contentOf(numberedBytes(number), 50_000), { replaces: version });
  process.stdout.write(`${number}\n`);
}
