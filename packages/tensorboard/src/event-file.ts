import type { OutputSink, StateRecord } from '@keepfit/callbacks';
import {
  createMark,
  extendMark,
  isCount,
  isMark,
  isStateRecord,
  type OutputMark,
  restoreOutput,
  warnOfLostOutput,
} from '@keepfit/callbacks/internal';
import { type Point, encodePoint, encodeVersion } from './events.js';
import { concatBytes } from './proto-message.js';
import { encodeRecord } from './tf-record.js';

/** The largest amount that waits for a flush, and is then in a checkpoint too. */
const MOST_UNFLUSHED = 256 * 1024;

/** The state of one event file in a checkpoint. */
export interface EventFileState extends StateRecord {
  readonly flushed: number;
  readonly unflushed: Uint8Array;
  /** Null, or missing, in states from before there were any. */
  readonly mark: OutputMark | null;
}

/** Whether a value of a checkpoint is the state of an event file. */
export function isEventFileState(value: unknown): value is EventFileState {
  if (!isStateRecord(value)) return false;
  const { flushed, unflushed, mark } = value;
  return isCount(flushed) && unflushed instanceof Uint8Array && ((mark ?? null) === null || isMark(mark));
}

/**
 * One event file, written through a sink.
 *
 * Its state is the flushed length, and the bytes written since. A checkpoint thus holds all points before it,
 * even if the sink loses unflushed bytes, and no flush is needed at each batch. If the file is gone or another one
 * when its state is restored, it is begun again with the points that its owner recalls.
 */
export class EventFile {
  readonly #sink: OutputSink;
  readonly #recall: () => readonly Point[];
  /** The flushed part of the file; undefined until a training or an evaluation begins. */
  #mark: OutputMark | undefined;
  #append = false;
  #unflushed: Uint8Array[] = [];
  #mustCut = false;
  #isResumed = false;

  /** @param recall Creates the points of the epochs so far, for a file that is begun again. */
  constructor(sink: OutputSink, recall: () => readonly Point[]) {
    this.#sink = sink;
    this.#recall = recall;
  }

  /**
   * Call it when training begins. Touches nothing yet: if training is resumed, the state arrives after this.
   */
  async begin(append: boolean): Promise<void> {
    this.#mark = createMark(append ? await this.#sink.position() : 0);
    this.#append = append;
    this.#unflushed = [];
    this.#mustCut = true;
    this.#isResumed = false;
  }

  getState(): EventFileState {
    const mark = this.#mark ?? createMark(0);
    return { flushed: mark.position, unflushed: concatBytes(this.#unflushed), mark };
  }

  setState({ flushed, unflushed, mark }: EventFileState): void {
    this.#mark = mark ?? { ...createMark(0), position: flushed };
    this.#unflushed = unflushed.length > 0 ? [unflushed.slice()] : [];
    this.#mustCut = true;
    this.#isResumed = true;
  }

  /** Adds points of one instant. `wallTime` is in seconds since 1970. */
  async write(points: readonly Point[], wallTime: number): Promise<void> {
    if (points.length === 0) return;
    // Outside a training, append to the existing file.
    this.#mark ??= createMark(await this.#sink.position());
    if (this.#mustCut) await this.#cut(wallTime);
    await this.#appendPoints(points, wallTime);
    if (this.#unflushedLength > MOST_UNFLUSHED) await this.flush();
  }

  /** When it resolves, all points survive a kill. */
  async flush(): Promise<void> {
    if (this.#mustCut || this.#unflushed.length === 0) return;
    await this.#sink.flush();
    this.#mark = extendMark(this.#mark ?? createMark(0), concatBytes(this.#unflushed));
    this.#unflushed = [];
  }

  /**
   * Call it when training ends. Cuts off points that a resumed training did not write again. `wallTime` is in
   * seconds since 1970.
   */
  async end(wallTime: number): Promise<void> {
    if (this.#isResumed && this.#mustCut) await this.#cut(wallTime);
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

  /** Restores the file to the saved length and bytes, or begins it again. */
  async #cut(wallTime: number): Promise<void> {
    const lost = await restoreOutput(this.#sink, this.#mark ?? createMark(0), this.#append);
    this.#mustCut = false;
    const again = this.#unflushed;
    this.#unflushed = [];
    if (lost !== undefined) {
      this.#mark = lost.mark;
      const what =
        'It is begun again with the epochs of the history, without batches and histograms before now';
      warnOfLostOutput('TensorBoard', this.#sink, lost, what);
      await this.#appendPoints(this.#recall(), wallTime);
    }
    for (const bytes of again) await this.#appendBytes(bytes);
  }

  async #appendPoints(points: readonly Point[], wallTime: number): Promise<void> {
    const isNew = this.#mark?.position === 0 && this.#unflushed.length === 0;
    const events = points.map((point) => encodePoint(point, wallTime));
    if (isNew) events.unshift(encodeVersion(wallTime));
    await this.#appendBytes(concatBytes(events.map(encodeRecord)));
  }

  async #appendBytes(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    await this.#sink.append(bytes);
    this.#unflushed.push(bytes);
  }
}
