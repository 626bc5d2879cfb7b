import type { OutputSink, StateRecord } from '@keepfit/callbacks';
import { isCount, isStateRecord } from '@keepfit/callbacks/internal';
import { type Point, encodePoint, encodeVersion } from './events.js';
import { concatBytes } from './proto-message.js';
import { encodeRecord } from './tf-record.js';

/** The largest amount that waits for a flush, and is then in a checkpoint too. */
const MOST_UNFLUSHED = 256 * 1024;

/** The state of one event file in a checkpoint. */
export interface EventFileState extends StateRecord {
  readonly flushed: number;
  readonly unflushed: Uint8Array;
}

/** Whether a value of a checkpoint is the state of an event file. */
export function isEventFileState(value: unknown): value is EventFileState {
  return isStateRecord(value) && isCount(value['flushed']) && value['unflushed'] instanceof Uint8Array;
}

/**
 * One event file, written through a sink.
 *
 * Its state is the flushed length, and the bytes written since. A checkpoint thus holds all points before it,
 * even if the sink loses unflushed bytes, and no flush is needed at each batch.
 */
export class EventFile {
  readonly #sink: OutputSink;
  /** The flushed length of the file; undefined until a training or an evaluation begins. */
  #flushed: number | undefined;
  #unflushed: Uint8Array[] = [];
  #mustCut = false;
  #isResumed = false;

  constructor(sink: OutputSink) {
    this.#sink = sink;
  }

  /**
   * Call it when training begins. Touches nothing yet: if training is resumed, the state arrives after this.
   */
  async begin(append: boolean): Promise<void> {
    this.#flushed = append ? await this.#sink.position() : 0;
    this.#unflushed = [];
    this.#mustCut = true;
    this.#isResumed = false;
  }

  getState(): EventFileState {
    return { flushed: this.#flushed ?? 0, unflushed: concatBytes(this.#unflushed) };
  }

  setState({ flushed, unflushed }: EventFileState): void {
    this.#flushed = flushed;
    this.#unflushed = unflushed.length > 0 ? [unflushed.slice()] : [];
    this.#mustCut = true;
    this.#isResumed = true;
  }

  /** Adds points of one instant. `wallTime` is in seconds since 1970. */
  async write(points: readonly Point[], wallTime: number): Promise<void> {
    if (points.length === 0) return;
    // Outside a training, append to the existing file.
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

  /** Call it when training ends. Cuts off points that a resumed training did not write again. */
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

  /** Restores the file to the saved length and bytes. */
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
