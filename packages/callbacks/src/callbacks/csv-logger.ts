import { checkOptions, isBoolean } from '../checks/check-options.js';
import { COUNT, readState, type StateRule } from '../checks/read-state.js';
import type { LogValues } from '../contract/callback-hooks.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import type { OutputSink } from '../contract/output-sink.js';
import type { StateRecord } from '../contract/state.js';
import { Callback } from './callback.js';
import { type EpochLogs, listEpochs } from './history.js';
import { createMark, extendMark, restoreOutput, warnOfLostOutput } from './output-mark.js';

export interface CSVLoggerOptions {
  /** The separator between values: one character. @default ',' */
  readonly separator?: string;
  /** Append to the content of the sink instead of replacing it. @default false */
  readonly append?: boolean;
}

const COLUMNS: StateRule<readonly string[] | null> = [
  (value): value is readonly string[] | null =>
    value === null || (Array.isArray(value) && value.every((column) => typeof column === 'string')),
  'a list of log keys, or null if nothing is written yet',
];
/** Checkpoints of earlier versions have neither this nor the samples. */
const START: StateRule<number> = [COUNT[0], COUNT[1], 0];
const SAMPLE: StateRule<string> = [
  (value): value is string => typeof value === 'string',
  'bytes in hexadecimal',
  '',
];
const ROWS: StateRule<number | null> = [
  (value): value is number | null => value === null || COUNT[0](value),
  'a number of rows, or null if it is not known',
  null,
];

/**
 * Writes each epoch's logs as a line of CSV, in the format of Keras' CSVLogger. Columns are the first epoch's
 * keys in alphabetical order, followed by their `val_` twins if that epoch had no validation. A value that an
 * epoch lacks is `NA`.
 *
 * ```ts
 * new CSVLogger(fileSink('runs/digits/log.csv'), { append: true })
 * ```
 *
 * Remembers its columns and the length of the file, also across a crash: a resumed run cuts off the lines
 * that it will write again, so that none is lost or doubled. If the file is gone then, or is shorter or another
 * one, it is written again from the history, with a warning. Old content of the sink is replaced when the first
 * line is written. The sink is closed when fit settles.
 */
export class CSVLogger extends Callback {
  override readonly name = 'CSVLogger';
  readonly #sink: OutputSink;
  readonly #separator: string;
  readonly #append: boolean;
  #columns: readonly string[] | undefined;
  #mark = createMark(0);
  /** The rows between the ends of the mark; undefined if that is not known. */
  #rows: number | undefined = 0;
  #mustCut = false;
  #isResumed = false;

  /** @throws KEEPFIT_INVALID_OPTION when the sink or an option is invalid. */
  constructor(sink: OutputSink, options: CSVLoggerOptions = {}) {
    super();
    checkSink(sink);
    checkOptions('CSVLogger', options, {
      separator: [isSeparator, 'one character other than a quote, point, digit or line break'],
      append: [isBoolean, 'true or false'],
    });
    this.#sink = sink;
    this.#separator = options.separator ?? ',';
    this.#append = options.append ?? false;
  }

  override getState(): StateRecord {
    return { columns: this.#columns ?? null, ...this.#mark, rows: this.#rows ?? null };
  }

  /** @throws KEEPFIT_CHECKPOINT_CORRUPT when the state is not one of this callback. */
  override setState(state: StateRecord): void {
    const rules = {
      columns: COLUMNS,
      position: COUNT,
      start: START,
      head: SAMPLE,
      tail: SAMPLE,
      rows: ROWS,
    };
    const { columns, rows, ...mark } = readState(this.name, state, rules);
    this.#columns = columns ?? undefined;
    this.#mark = mark;
    this.#rows = rows ?? undefined;
    this.#isResumed = true;
  }

  override async onTrainBegin(): Promise<void> {
    this.model.defer(() => this.#sink.close?.());
    this.#columns = undefined;
    this.#mark = createMark(this.#append ? await this.#sink.position() : 0);
    this.#rows = 0;
    this.#isResumed = false;
    // Not now: if training is resumed, the saved position arrives after this hook.
    this.#mustCut = true;
  }

  override async onEpochEnd(epoch: number, logs: LogValues): Promise<void> {
    let text = this.#mustCut ? await this.#restore(epoch) : '';
    if (this.#columns === undefined) {
      this.#columns = getColumns(logs);
      text += this.#formatHeader(this.#columns);
    }
    text += this.#formatRow(epoch, logs, this.#columns);
    if (this.#rows !== undefined) this.#rows += 1;
    await this.#write(text);
  }

  override async onTrainEnd(): Promise<void> {
    // If no epoch was left to train, nothing has restored the file yet.
    if (this.#isResumed && this.#mustCut) await this.#write(await this.#restore());
  }

  async #write(text: string): Promise<void> {
    if (text === '') return;
    const bytes = new TextEncoder().encode(text);
    await this.#sink.append(bytes);
    await this.#sink.flush();
    this.#mark = extendMark(this.#mark, bytes);
  }

  /** Restores the file as it was when the state was saved. Returns the lines that it lost. */
  async #restore(epoch?: number): Promise<string> {
    const lost = await restoreOutput(this.#sink, this.#mark, this.#append);
    this.#mustCut = false;
    if (lost === undefined) return '';
    this.#mark = lost.mark;
    const columns = this.#columns ?? [];
    const epochs = this.#columns === undefined ? [] : this.#listLostEpochs(epoch);
    this.#rows = epochs.length;
    const what = `It is written again with the ${epochs.length} epochs that the history of this training has`;
    warnOfLostOutput(this.name, this.#sink, lost, what);
    const rows = epochs.map((entry) => this.#formatRow(entry.epoch, entry.logs, columns)).join('');
    return this.#columns === undefined ? '' : this.#formatHeader(columns) + rows;
  }

  /** The epochs before this one that were in the file. */
  #listLostEpochs(epoch: number | undefined): readonly EpochLogs[] {
    const all = listEpochs(this.model.history);
    // The history may come before this callback in a list.
    const before = all.at(-1)?.epoch === epoch ? all.slice(0, -1) : all;
    return this.#rows === undefined ? before : before.slice(Math.max(before.length - this.#rows, 0));
  }

  /** The header belongs at the begin of a file only. */
  #formatHeader(columns: readonly string[]): string {
    return this.#mark.position === 0 ? this.#formatLine(['epoch', ...columns]) : '';
  }

  #formatRow(epoch: number, logs: LogValues, columns: readonly string[]): string {
    const getCell = (key: string) => formatCell(Object.hasOwn(logs, key) ? logs[key] : undefined);
    return this.#formatLine([String(epoch), ...columns.map(getCell)]);
  }

  #formatLine(cells: readonly string[]): string {
    return `${cells.map((cell) => this.#quote(cell)).join(this.#separator)}\n`;
  }

  #quote(cell: string): string {
    const needsQuotes = cell.includes(this.#separator) || /["\r\n]/.test(cell);
    return needsQuotes ? `"${cell.replaceAll('"', '""')}"` : cell;
  }
}

function getColumns(logs: LogValues): readonly string[] {
  const keys = Object.keys(logs).sort();
  // Validation may come later if it does not run in each epoch.
  return keys.some((key) => key.startsWith('val_')) ? keys : [...keys, ...keys.map((key) => `val_${key}`)];
}

function formatCell(value: number | undefined): string {
  return value === undefined ? 'NA' : formatPythonFloat(value);
}

function isSeparator(value: unknown): boolean {
  return typeof value === 'string' && value.length === 1 && !/["\r\n.\d]/.test(value);
}

function checkSink(sink: OutputSink): void {
  const candidate = sink as Partial<OutputSink> | null | undefined;
  const methods = [candidate?.append, candidate?.flush, candidate?.position, candidate?.truncate];
  if (methods.every((method) => typeof method === 'function')) return;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    'the sink of CSVLogger must have append, flush, position and truncate',
  );
}

/**
 * Formats a number as Python prints a float: with the shortest exact digits, `1.0` for a whole one, `1e-05`
 * for a small one.
 */
export function formatPythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power < -4 || power >= 16)
    return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
