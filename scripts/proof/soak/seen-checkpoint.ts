import { decodeCheckpoint, savedProgress } from '../../../packages/callbacks/src/checkpoint.ts';
import { digestOf } from './digest-of.js';

/** A checkpoint that passed every check, in short. */
export interface SeenCheckpoint {
  /** How many checkpoints of this run there were up to this one. */
  readonly generation: number;
  readonly step: number;
  /** Two of one step have the same where the trainings are the same, bit for bit. */
  readonly digest: string;
}

/** Reads one, with every check of the format; throws where one fails. */
export function seenCheckpoint(bytes: Uint8Array): SeenCheckpoint {
  const { header, training } = decodeCheckpoint(bytes);
  return { generation: header.generation, step: savedProgress(training).step, digest: digestOf(training) };
}
