import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { decodeCheckpoint, encodeCheckpoint } from '@keepfit/callbacks/checkpoint';
import { fsStore } from '@keepfit/store-fs';
import { dispose, tensor } from '@tensorflow/tfjs-core';
import type { Bench } from '../bench.js';
import { compare, createRatioRow } from '../measure/compare.js';
import { withCapture, createHeader } from '../measure/with-capture.js';
import { addBallast } from '../subjects/add-ballast.js';
import { createMlp } from '../subjects/layers-model.js';
import { startBackend } from '../subjects/start-backend.js';

/**
 * Compares reading, checking and creating the tensors of a checkpoint on CPU with reading its file into
 * existing memory.
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
    for (const isCold of [false, true]) {
      const prepare = () => {
        if (isCold) dropFromCache(file);
      };
      const result = await compare(
        async () => {
          prepare();
          await restoreOnce(store);
        },
        () => {
          prepare();
          readInto(file, memory);
        },
        quick ? 3 : 9,
      );
      const where = isCold ? 'from the disk' : 'from the cache of the system';
      row(createRatioRow(`restore of ${megabytes} MB ÷ reading its file ${where}, cpu`, 1.3, result));
    }
  }
};

async function restoreOnce(store: ReturnType<typeof fsStore>): Promise<void> {
  const found = await store.get('backup');
  if (found === undefined) throw new Error('the checkpoint is gone');
  const { training } = decodeCheckpoint(found.bytes);
  const made = [...training.tensors.values()].map(
    ({ dtype, shape, bytes: { buffer, byteOffset, byteLength } }) =>
      dtype === 'float32'
        ? tensor(new Float32Array(buffer, byteOffset, byteLength / 4), [...shape])
        : tensor([0]),
  );
  dispose(made);
}

function readInto(file: string, memory: Uint8Array): void {
  const descriptor = openSync(file, 'r');
  for (let at = 0; at < memory.length;) at += readSync(descriptor, memory, at, memory.length - at, at);
  closeSync(descriptor);
}

/**
 * Drops the file from the system's cache, as after a reboot. Its own time, some milliseconds, is in both
 * measurements.
 */
function dropFromCache(file: string): void {
  spawnSync('dd', [`if=${file}`, 'iflag=nocache', 'count=0', 'status=none']);
}
