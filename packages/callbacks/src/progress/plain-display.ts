import type { ProgressDisplay, ProgressOutput } from './progress-display.js';
import { type Progress, progressTextLine } from './progress-line.js';

const PAUSE_MS = 10_000;
const PAUSE_OF_UNKNOWN_LENGTH_MS = 60_000;
const PARTS = 10;

/**
 * Writes whole lines, without control characters: one at the end, and where `isTerse` is false one each tenth of the way,
 * at most one in 10 s. Of a stream of unknown length, one a minute.
 */
export class PlainDisplay implements ProgressDisplay {
  readonly #output: ProgressOutput;
  readonly #title: string;
  readonly #isTerse: boolean;
  #writtenAt: number;
  #writtenPart: number | undefined;

  constructor(output: ProgressOutput, title: string, isTerse: boolean, now: number) {
    this.#output = output;
    this.#title = title;
    this.#isTerse = isTerse;
    this.#writtenAt = now;
  }

  update(progress: Progress, now: number): void {
    if (this.#isTerse || !this.#isDue(progress, now)) return;
    this.#writtenAt = now;
    this.#write(progress);
  }

  finish(progress: Progress): void {
    this.#write(progress);
  }

  abandon(): void {}

  #isDue({ done, target }: Progress, now: number): boolean {
    const pause = now - this.#writtenAt;
    if (target === null || done > target) return pause >= PAUSE_OF_UNKNOWN_LENGTH_MS;
    if (done === target) return false;
    const part = Math.floor((PARTS * done) / target);
    // A resumed epoch begins within a part: that one has been announced before.
    this.#writtenPart ??= Math.floor((PARTS * (done - 1)) / target);
    if (part <= this.#writtenPart || pause < PAUSE_MS) return false;
    this.#writtenPart = part;
    return true;
  }

  #write(progress: Progress): void {
    this.#output.write(`${progressTextLine(this.#title, progress)}\n`);
  }
}
