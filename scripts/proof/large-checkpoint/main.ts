import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { CheckpointStore } from '../../../packages/callbacks/src/store.ts';
import { fsStore } from '../../../packages/store-fs/src/index.ts';
import { parseCommandLine, parseWholeNumber } from '../parse-command-line.js';

const HELP = `Stores a checkpoint of more than 2 GiB and reads it back: as one chunk, which no single write takes, and in chunks.
Needs 5 GiB of memory, and as much room in the folder.

  --folder X   where                      [the folder for temporary files]
  --bytes N    how many                   [2214592515, 2 GiB + 64 MiB + 3]`;

const CHUNK = 8 * 2 ** 20;

const OPTIONS = {
  folder: { type: 'string', default: tmpdir() },
  bytes: { type: 'string', default: String(2 ** 31 + 2 ** 26 + 3) },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const values = parseCommandLine(() => {
  const given = parseArgs({ options: OPTIONS }).values;
  return { ...given, bytes: parseWholeNumber('bytes', given.bytes, 1) };
});
if (values.help) console.log(HELP);
else await main(values.folder, values.bytes);

async function main(parent: string, byteLength: number): Promise<void> {
  const bytes = new Uint8Array(byteLength);
  // No two blocks of 8 bytes are equal, so a misplaced block shows.
  const words = new Float64Array(bytes.buffer, 0, Math.floor(byteLength / 8));
  for (let index = 0; index < words.length; index++) words[index] = index;
  bytes.fill(7, words.length * 8);
  for (const isLocked of [false, true]) {
    for (const chunkLength of [byteLength, CHUNK]) {
      const folder = await mkdtemp(join(parent, 'keepfit-large-'));
      try {
        const store = fsStore(folder);
        const lock = isLocked ? await store.lock?.('backup') : undefined;
        const [stored, found] = await storeAndRead(store, bytes, chunkLength);
        await lock?.release();
        const how = `${isLocked ? 'by the writer thread' : 'in the main thread'}, in chunks of ${chunkLength}`;
        if (Buffer.compare(found, bytes) !== 0)
          throw new Error(`${byteLength} bytes came back changed, ${how}`);
        console.log(`${byteLength} bytes came back as they were, ${how}: stored in ${stored.toFixed(1)} s`);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    }
  }
}

async function storeAndRead(
  store: CheckpointStore,
  bytes: Uint8Array,
  chunkLength: number,
): Promise<[seconds: number, found: Uint8Array]> {
  const begin = performance.now();
  const chunks = { [Symbol.asyncIterator]: () => splitIntoChunks(bytes, chunkLength) };
  await store.set('backup', { byteLength: bytes.length, chunks });
  const seconds = (performance.now() - begin) / 1000;
  const found = await store.get('backup');
  if (found === undefined) throw new Error('nothing was stored');
  return [seconds, found.bytes];
}

async function* splitIntoChunks(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += length) yield bytes.subarray(start, start + length);
}
