import { checkOptions, isBoolean } from '../checks/check-options.js';
import { COUNT, readState, type StateRule } from '../checks/read-state.js';
import type { LogValues } from '../contract/callback-hooks.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import type { OutputSink } from '../contract/output-sink.js';
import type { StateRecord } from '../contract/state.js';
import { Callback } from './callback.js';

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
 * that it will write again, so that none is lost or doubled. Old content of the sink is replaced when the
 * first line is written. The sink is closed when fit settles.
 */
export class CSVLogger extends Callback {
  override readonly name = 'CSVLogger';
  readonly #sink: OutputSink;
  readonly #separator: string;
  readonly #append: boolean;
  #columns: readonly string[] | undefined;
  #position = 0;
  #mustCut = false;

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
    return { columns: this.#columns ?? null, position: this.#position };
  }

  /** @throws KEEPFIT_CHECKPOINT_CORRUPT when the state is not one of this callback. */
  override setState(state: StateRecord): void {
    const { columns, position } = readState(this.name, state, { columns: COLUMNS, position: COUNT });
    this.#columns = columns ?? undefined;
    this.#position = position;
  }

  override async onTrainBegin(): Promise<void> {
    this.model.defer(() => this.#sink.close?.());
    this.#columns = undefined;
    this.#position = this.#append ? await this.#sink.position() : 0;
    // Not now: if training is resumed, the saved position arrives after this hook.
    this.#mustCut = true;
  }

  override async onEpochEnd(epoch: number, logs: LogValues): Promise<void> {
    if (this.#mustCut) await this.#cut();
    let text = '';
    if (this.#columns === undefined) {
      this.#columns = getColumns(logs);
      if (this.#position === 0) text += this.#formatLine(['epoch', ...this.#columns]);
    }
    text += this.#formatLine([String(epoch), ...this.#columns.map((column) => formatCell(logs[column]))]);
    const bytes = new TextEncoder().encode(text);
    await this.#sink.append(bytes);
    await this.#sink.flush();
    this.#position += bytes.length;
  }

  async #cut(): Promise<void> {
    const length = await this.#sink.position();
    if (length !== this.#position) await this.#sink.truncate(this.#position);
    this.#mustCut = false;
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
