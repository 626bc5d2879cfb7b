import type { LogEntry } from './log/log-entry.js';
import { randomNumbers } from '../random-numbers.js';

/** Bytes of the data file that reached the disk. */
export interface Piece {
  readonly offset: number;
  readonly length: number;
  readonly at: number;
}

/** A disk that a power cut may leave. */
export interface DiskState {
  /** How many entries of the log are certainly on it: those before the last flush. */
  readonly settled: number;
  /** What of the later writes is on it too, in the order of the log. */
  readonly pieces: readonly Piece[];
  /** The last round that had begun, and the last that was acknowledged, when the power was cut. */
  readonly begun: number;
  readonly acknowledged: number;
}

type Write = Extract<LogEntry, { kind: 'write' }>;

/** The disk writes no block of this length, in bytes, by halves. */
const BLOCK = 4096;
/** Of each stretch between two flushes so many random subsets are tried, of whole writes and of single blocks. */
const SUBSETS = 24;

/**
 * The states that a power cut may leave from the first round on: at each instant all writes so far, and, at the end of each stretch
 * between two flushes and at each mark within it, none, all but each one, and random subsets of the writes since the last flush. Writes
 * before a flush that has returned are on every disk; of those after it any may be missing.
 */
export function diskStates(entries: readonly LogEntry[], seed: number): DiskState[] {
  const states = new Map<string, DiskState>();
  const random = randomNumbers(seed);
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
    const blocks = unsettled.flatMap(blocksOf);
    for (let subset = 0; subset < SUBSETS; subset++) {
      add(unsettled.filter(() => random() < 0.5));
      add(blocks.filter(() => random() < (subset + 0.5) / SUBSETS));
    }
  };

  for (const [index, entry] of entries.entries()) {
    if (entry.kind === 'write') {
      unsettled.push(entry);
      add(unsettled.map(pieceOf));
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

function pieceOf({ offset, length, at }: Piece): Piece {
  return { offset, length, at };
}

function blocksOf({ offset, length, at }: Write): Piece[] {
  const blocks: Piece[] = [];
  for (let start = 0; start < length;) {
    const size = Math.min(BLOCK - ((offset + start) % BLOCK), length - start);
    blocks.push({ offset: offset + start, length: size, at: at + start });
    start += size;
  }
  return blocks;
}
