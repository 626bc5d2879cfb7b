import type { CheckpointHeader } from '@keepfit/callbacks/checkpoint';

/** A header like those that BackupAndRestore writes. */
export function checkpointHeader(): CheckpointHeader {
  return { runId: 'bench', generation: 1, savedAt: new Date().toISOString(), library: 'bench' };
}
