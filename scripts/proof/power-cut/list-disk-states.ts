import type { LogEntry } from './log/log-entry.js';
import { createRandomNumbers } from '../random-numbers.js';

/** Bytes of the data file that reached the disk. */
export interface Piece {
  readonly offset: number;
  readonly length: number;
  readonly at: number;
}

/** A disk that a power cut may leave. */
export interface DiskState {
  /** How many entries of the log are certainly on it: all before the last flush. */
  readonly settled: number;
  /** The pieces of later writes that are on it too, in the order of the log. */
  readonly pieces: readonly Piece[];
  /** The last round that had begun when the power was cut, and the last acknowledged one. */
  readonly begun: number;
  readonly acknowledged: number;
}

type Write = Extract<LogEntry, { kind: 'write' }>;

/** The disk writes each block of this length, in bytes, completely or not at all. */
const BLOCK = 4096;
/** How many random subsets are tried between two flushes, of whole writes and of single blocks. */
const SUBSETS = 24;

/**
 * Lists the states that a power cut may leave from the first round on. At each instant these are all writes
 * so far. At each flush and each mark they are also none, all but one, and random subsets of the writes since
 * the last flush. Writes before a completed flush are on every disk; any later write may be missing.
 */
export function listDiskStates(entries: readonly LogEntry[], seed: number): DiskState[] {
  const states = new Map<string, DiskState>();
  const random = createRandomNumbers(seed);
  let [settled, begun, acknowledged] = [0, -1, 0];
  let unsettled: Write[] = [];

  const add = (pieces: readonly Piece[]): void => {
    if (begun < 0) return;
    const state = { settled, pieces, begun, acknowledged };
    states.set(JSON.stringify(state), state);
  };
  const addReordered = (): void => {
    add([]);
    for (const missing of unsettled) add(unsettled.filter((write) => write !== missing));
    const blocks = unsettled.flatMap(splitIntoBlocks);
    for (let subset = 0; subset < SUBSETS; subset++) {
      add(unsettled.filter(() => random() < 0.5));
      add(blocks.filter(() => random() < (subset + 0.5) / SUBSETS));
    }
  };

  for (const [index, entry] of entries.entries()) {
    if (entry.kind === 'write') {
      unsettled.push(entry);
      add(unsettled.map(toPiece));
    } else if (entry.kind === 'flush') {
      addReordered();
      [settled, unsettled] = [index, []];
      add([]);
    } else {
      addReordered();
      const [what, round] = entry.text.split(' ');
      if (what === 'begin') begun = Number(round);
      else acknowledged = Number(round);
      addReordered();
    }
  }
  return [...states.values()];
}

function toPiece({ offset, length, at }: Piece): Piece {
  return { offset, length, at };
}

function splitIntoBlocks({ offset, length, at }: Write): Piece[] {
  const blocks: Piece[] = [];
  for (let start = 0; start < length;) {
    const size = Math.min(BLOCK - ((offset + start) % BLOCK), length - start);
    blocks.push({ offset: offset + start, length: size, at: at + start });
    start += size;
  }
  return blocks;
}
