import type { CheckpointDescription } from './describe-checkpoint.js';

/** One file, as `inspect --json` tells of it. */
export interface InspectedFile {
  readonly file: string;
  readonly name: string;
  readonly byteLength: number;
  /** Whether it passes every check. */
  readonly passed: boolean;
  /** What is wrong with it; empty where it passed. */
  readonly problems: readonly string[];
  /** Null where a check failed: nothing that the file says is to be trusted. */
  readonly checkpoint: CheckpointDescription | null;
}
