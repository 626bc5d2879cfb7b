import { patternBytes } from './pattern-bytes.js';

const FIRST_LENGTH = 200_000;

/** The bytes of the checkpoint of this number, from 0, that a process stores which is to be killed: see `KillableSubject`. */
export function numberedBytes(number: number): Uint8Array {
  return patternBytes(FIRST_LENGTH + number, number);
}
