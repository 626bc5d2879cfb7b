import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { decodeCheckpoint, encodeCheckpoint } from '@keepfit/callbacks/checkpoint';
import { fsStore } from '@keepfit/store-fs';
import { dispose, tensor } from '@tensorflow/tfjs-core';
import type { Bench } from '../bench.js';
import { captured } from '../measure/captured.js';
import { checkpointHeader } from '../measure/checkpoint-header.js';
import { compare } from '../measure/compare.js';
import { ratioRow } from '../measure/ratio-row.js';
import { mlp } from '../subjects/layers-model.js';
import { startBackend } from '../subjects/start-backend.js';
import { withBallast } from '../subjects/with-ballast.js';

/** Reading, checking and making the tensors of a checkpoint on CPU, beside reading its file into memory that is there already. */
export const restore: Bench = async ({ row, folder, quick }) => {
  await startBackend('cpu');
  for (const megabytes of [38, 150]) {
    const store = fsStore(join(folder, 'restore'));
    const file = join(folder, 'restore', 'backup.safetensors');
    await captured(withBallast(mlp(), megabytes, 36), async (capture) => {
      await store.set('backup', encodeCheckpoint(capture, checkpointHeader()));
    });
    const memory = new Uint8Array(statSync(file).size);
    for (const isCold of [false, true]) {
      const prepare = () => {
        if (isCold) forget(file);
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
      row(ratioRow(`restore of ${megabytes} MB ÷ reading its file ${where}, cpu`, 1.3, result));
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

/** Lets the system drop the file from its cache, as after a reboot. Its own time, some milliseconds, is in both measurements. */
function forget(file: string): void {
  spawnSync('dd', [`if=${file}`, 'iflag=nocache', 'count=0', 'status=none']);
}
