import { decodeCheckpoint, readProgress } from '../../../packages/callbacks/src/checkpoint.ts';
import type { CheckpointStore } from '../../../packages/callbacks/src/index.ts';
import { digestState } from './digest-state.js';

/** A checkpoint that passed every check, in short. */
export interface SeenCheckpoint {
  /** How many checkpoints this run had up to this one. */
  readonly generation: number;
  readonly step: number;
  /** Equal for two checkpoints of one step if the trainings are equal, bit for bit. */
  readonly digest: string;
}

/** Reads a checkpoint with every check of the format; throws if one fails. */
export function readCheckpoint(bytes: Uint8Array): SeenCheckpoint {
  const { header, training } = decodeCheckpoint(bytes);
  return { generation: header.generation, step: readProgress(training).step, digest: digestState(training) };
}

/**
 * Reads the newest checkpoint of a store, as a later run would; one that fails a check throws. A training keeps the last
 * verified checkpoint under one key and newer ones under the other.
 */
export async function readNewest(store: CheckpointStore): Promise<SeenCheckpoint | undefined> {
  let newest: SeenCheckpoint | undefined;
  for (const key of ['backup', 'backup.2']) {
    const stored = await store.get(key);
    const seen = stored && readCheckpoint(stored.bytes);
    if ((seen?.generation ?? 0) > (newest?.generation ?? 0)) newest = seen;
  }
  return newest;
}
