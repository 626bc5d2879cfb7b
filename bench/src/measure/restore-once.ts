import type { CheckpointStore } from '@keepfit/callbacks';
import { loadCheckpoint } from '@keepfit/callbacks/internal';
import { dispose, tensor } from '@tensorflow/tfjs-core';

/** Reads the checkpoint `backup` as `BackupAndRestore` does, with its checks, and creates its tensors. */
export async function restoreOnce(store: CheckpointStore): Promise<void> {
  const { training } = await loadCheckpoint('restore', store, 'backup');
  const made = [...training.tensors.values()].map(
    ({ dtype, shape, bytes: { buffer, byteOffset, byteLength } }) =>
      dtype === 'float32'
        ? tensor(new Float32Array(buffer, byteOffset, byteLength / 4), [...shape])
        : tensor([0]),
  );
  dispose(made);
}
