import { COUNT, isStateRecord } from '../checks/read-state.js';
import type { OutputSink } from '../contract/output-sink.js';
import type { StateRecord } from '../contract/state.js';
import { printWarning } from '../contract/print.js';

/** How many bytes of each end show whether a file is the one that was written. */
const SAMPLE = 32;

/** What a training has written to a sink, as a checkpoint keeps it to find the place again. */
export interface OutputMark extends StateRecord {
  /** Where its output begins: at 0, or behind what was there before it. In bytes. */
  readonly start: number;
  /** Where its output ends. */
  readonly position: number;
  /** The first bytes between, in hexadecimal. */
  readonly head: string;
  /** The last bytes between. */
  readonly tail: string;
}

/** What a sink held instead of the output that a mark tells of. */
export interface LostOutput {
  /** For a message: `has 0 bytes and had 68 when …`. */
  readonly problem: string;
  /** The position at which the output begins again; the sink is cut to it. */
  readonly mark: OutputMark;
}

export function createMark(start: number): OutputMark {
  return { start, position: start, head: '', tail: '' };
}

/** The mark after these bytes were appended. */
export function extendMark({ start, position, head, tail }: OutputMark, bytes: Uint8Array): OutputMark {
  return {
    start,
    position: position + bytes.length,
    head: (head + toHex(bytes.subarray(0, SAMPLE))).slice(0, 2 * SAMPLE),
    tail: (tail + toHex(bytes.subarray(-SAMPLE))).slice(-2 * SAMPLE),
  };
}

/** Whether a value of a checkpoint is a mark. */
export function isMark(value: unknown): value is OutputMark {
  if (!isStateRecord(value)) return false;
  const { start, position, head, tail } = value;
  return COUNT[0](start) && COUNT[0](position) && typeof head === 'string' && typeof tail === 'string';
}

/**
 * Cuts a sink back to what it held when its mark was saved. If its file is gone, shorter or another one, cuts
 * it to the position at which the output begins again: 0, or with `append` the end of what others wrote.
 * Whether a file is another one is known only if the sink can be read.
 */
export async function restoreOutput(
  sink: OutputSink,
  mark: OutputMark,
  append: boolean,
): Promise<LostOutput | undefined> {
  const { start, position, head, tail } = mark;
  const length = await sink.position();
  const problem =
    length < position
      ? `has ${length} bytes and had ${position} when the checkpoint was saved`
      : (await holds(sink, position - tail.length / 2, tail))
        ? undefined
        : 'has another content than when the checkpoint was saved';
  const isOwn = async () => head !== '' && sink.read !== undefined && (await holds(sink, start, head));
  const kept = problem === undefined ? position : !append ? 0 : (await isOwn()) ? start : length;
  if (kept < length) await sink.truncate(kept);
  return problem === undefined ? undefined : { problem, mark: createMark(kept) };
}

/** Warns that output is written again. `what` says which part of it. */
export function warnOfLostOutput(owner: string, sink: OutputSink, lost: LostOutput, what: string): void {
  printWarning(
    `${owner} continues a training, but ${sink.name ?? 'its sink'} ${lost.problem}: it was deleted, cut or replaced. ${what}`,
  );
}

async function holds(sink: OutputSink, position: number, sample: string): Promise<boolean> {
  if (sink.read === undefined || sample === '') return true;
  return toHex(await sink.read(position, position + sample.length / 2)) === sample;
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
