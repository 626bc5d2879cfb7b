import type { OutputSink, StateRecord } from '@keepfit/callbacks';
import { type Point, encodePoint, encodeVersion } from './events.js';
import { concatBytes } from './proto-message.js';
import { encodeRecord } from './tf-record.js';

/** How much may wait for the next flush; a checkpoint holds it too. */
const MOST_UNFLUSHED = 256 * 1024;

/**
 * One event file, written through a sink.
 *
 * Its state is the length of what was flushed, and the bytes written since: so a checkpoint holds all points before it, whether the sink
 * has lost what was not flushed or not, and a flush is not needed at each batch.
 */
export class EventFile {
  readonly #sink: OutputSink;
  /** How long the file is as far as it was flushed; undefined until a training or an evaluation has begun. */
  #flushed: number | undefined;
  #unflushed: Uint8Array[] = [];
  #mustCut = false;
  #isResumed = false;

  constructor(sink: OutputSink) {
    this.#sink = sink;
  }

  /** A training begins. Nothing is touched yet: where it is resumed, the state comes after this. */
  async begin(append: boolean): Promise<void> {
    this.#flushed = append ? await this.#sink.position() : 0;
    this.#unflushed = [];
    this.#mustCut = true;
    this.#isResumed = false;
  }

  getState(): StateRecord {
    return { flushed: this.#flushed ?? 0, unflushed: concatBytes(this.#unflushed) };
  }

  setState(state: StateRecord): void {
    this.#flushed = Number(state['flushed']);
    const unflushed = state['unflushed'] as Uint8Array;
    this.#unflushed = unflushed.length > 0 ? [unflushed.slice()] : [];
    this.#mustCut = true;
    this.#isResumed = true;
  }

  /** Adds points, of one instant. `wallTime` is in seconds since 1970. */
  async write(points: readonly Point[], wallTime: number): Promise<void> {
    if (points.length === 0) return;
    // Outside a training, what is there is gone on with.
    this.#flushed ??= await this.#sink.position();
    if (this.#mustCut) await this.#cut();
    const isNew = this.#flushed === 0 && this.#unflushed.length === 0;
    const events = [
      ...(isNew ? [encodeVersion(wallTime)] : []),
      ...points.map((point) => encodePoint(point, wallTime)),
    ];
    await this.#append(concatBytes(events.map(encodeRecord)));
    if (this.#unflushedLength > MOST_UNFLUSHED) await this.flush();
  }

  /** When it resolves, all points survive a kill. */
  async flush(): Promise<void> {
    if (this.#mustCut || this.#unflushed.length === 0) return;
    await this.#sink.flush();
    this.#flushed = (this.#flushed ?? 0) + this.#unflushedLength;
    this.#unflushed = [];
  }

  /** The training is at its end: what a resumed one had to write anew but did not is cut off. */
  async end(): Promise<void> {
    if (this.#isResumed && this.#mustCut) await this.#cut();
    await this.flush();
  }

  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      await this.#sink.close?.();
    }
  }

  get #unflushedLength(): number {
    return this.#unflushed.reduce((length, part) => length + part.length, 0);
  }

  /** Brings the file to where the state says it was. */
  async #cut(): Promise<void> {
    const length = await this.#sink.position();
    const kept = this.#flushed ?? 0;
    if (length !== kept) await this.#sink.truncate(kept);
    this.#mustCut = false;
    const again = this.#unflushed;
    this.#unflushed = [];
    for (const bytes of again) await this.#append(bytes);
  }

  async #append(bytes: Uint8Array): Promise<void> {
    await this.#sink.append(bytes);
    this.#unflushed.push(bytes);
  }
}
