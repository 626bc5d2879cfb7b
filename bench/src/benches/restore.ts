import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { encodeCheckpoint } from '@keepfit/callbacks/checkpoint';
import { fsStore } from '@keepfit/store-fs';
import type { Bench } from '../bench.js';
import { compare, createRatioRow } from '../measure/compare.js';
import { restoreOnce } from '../measure/restore-once.js';
import { withCapture, createHeader } from '../measure/with-capture.js';
import { addBallast } from '../subjects/add-ballast.js';
import { createMlp } from '../subjects/layers-model.js';
import { startBackend } from '../subjects/start-backend.js';

/**
 * Compares reading, checking and creating the tensors of a checkpoint on CPU with two yardsticks: reading its file
 * from the system's cache into fresh memory and computing one checksum of all of it, and reading it from the disk
 * into existing memory.
 */
export const restore: Bench = async ({ row, folder, quick }) => {
  await startBackend('cpu');
  for (const megabytes of [38, 150]) {
    const store = fsStore(join(folder, 'restore'));
    const file = join(folder, 'restore', 'backup.safetensors');
    await withCapture(addBallast(createMlp(), megabytes, 36), async (capture) => {
      await store.set('backup', encodeCheckpoint(capture, createHeader()));
    });
    const memory = new Uint8Array(statSync(file).size);
    const rounds = quick ? 3 : 11;
    const fromCache = await compare(
      () => restoreOnce(store),
      () => void crc32(readInto(file, new Uint8Array(memory.length))),
      rounds,
    );
    row(
      createRatioRow(
        `restore of ${megabytes} MB ÷ reading its file into fresh memory and its CRC-32, cpu`,
        fromCache,
      ),
    );
    const fromDisk = await compare(
      async () => {
        dropFromCache(file);
        await restoreOnce(store);
      },
      () => {
        dropFromCache(file);
        void readInto(file, memory);
      },
      rounds,
    );
    row(createRatioRow(`restore of ${megabytes} MB ÷ reading its file from the disk, cpu`, fromDisk));
  }
};

function readInto(file: string, memory: Uint8Array): Uint8Array {
  const descriptor = openSync(file, 'r');
  for (let at = 0; at < memory.length;) at += readSync(descriptor, memory, at, memory.length - at, at);
  closeSync(descriptor);
  return memory;
}

/**
 * Drops the file from the system's cache, as after a reboot. Its own time, some milliseconds, is in both
 * measurements.
 */
function dropFromCache(file: string): void {
  spawnSync('dd', [`if=${file}`, 'iflag=nocache', 'count=0', 'status=none']);
}
