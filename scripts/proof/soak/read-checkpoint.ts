import { decodeCheckpoint, readProgress } from '../../../packages/callbacks/src/checkpoint.ts';
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
