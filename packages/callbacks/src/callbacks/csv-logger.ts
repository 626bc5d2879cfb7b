import { checkOptions, isBoolean } from '../checks/check-options.js';
import type { Logs } from '../contract/callback-hooks.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import type { OutputSink } from '../contract/output-sink.js';
import type { StateRecord } from '../contract/state.js';
import { Callback } from './callback.js';

export interface CSVLoggerOptions {
  /** What stands between values: one character. @default ',' */
  separator?: string;
  /** Go on at the end of what the sink holds, instead of replacing it. @default false */
  append?: boolean;
}

/**
 * Writes each epoch's logs as a line of CSV, in the format of Keras' CSVLogger: the first epoch's keys in alphabetical order, with
 * their `val_` twins where it had no validation; `NA` where an epoch lacks one.
 *
 * ```ts
 * new CSVLogger(fileSink('runs/digits/log.csv'), { append: true })
 * ```
 *
 * Remembers, also across a crash, its columns and the length of the file: a resumed run cuts off the lines that it will write again,
 * so that none is lost or doubled. What the sink held is replaced when the first line is written. The sink is closed when fit settles.
 */
export class CSVLogger extends Callback {
  readonly name = 'CSVLogger';
  readonly #sink: OutputSink;
  readonly #separator: string;
  readonly #append: boolean;
  #columns: readonly string[] | null = null;
  #position = 0;
  #mustCut = false;

  /** @throws KEEPFIT_INVALID_OPTION */
  constructor(sink: OutputSink, options: CSVLoggerOptions = {}) {
    super();
    checkSink(sink);
    checkOptions('CSVLogger', options, {
      separator: [isSeparator, 'one character that is no quote, point, digit or line break'],
      append: [isBoolean, 'true or false'],
    });
    this.#sink = sink;
    this.#separator = options.separator ?? ',';
    this.#append = options.append ?? false;
  }

  getState(): StateRecord {
    return { columns: this.#columns, position: this.#position };
  }

  setState(state: StateRecord): void {
    this.#columns = state['columns'] as readonly string[] | null;
    this.#position = Number(state['position']);
  }

  async onTrainBegin(): Promise<void> {
    this.model.defer(() => this.#sink.close?.());
    this.#columns = null;
    this.#position = this.#append ? await this.#sink.position() : 0;
    // Not yet: where training is resumed, the saved position comes after this hook.
    this.#mustCut = true;
  }

  async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    if (this.#mustCut) await this.#cut();
    let text = '';
    if (this.#columns === null) {
      this.#columns = columnsOf(logs);
      if (this.#position === 0) text += this.#line(['epoch', ...this.#columns]);
    }
    text += this.#line([String(epoch), ...this.#columns.map((column) => shownValue(logs[column]))]);
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

  #line(cells: readonly string[]): string {
    return `${cells.map((cell) => this.#quoted(cell)).join(this.#separator)}\n`;
  }

  #quoted(cell: string): string {
    const needsQuotes = cell.includes(this.#separator) || /["\r\n]/.test(cell);
    return needsQuotes ? `"${cell.replaceAll('"', '""')}"` : cell;
  }
}

function columnsOf(logs: Logs): readonly string[] {
  const keys = Object.keys(logs).sort();
  // Validation may come later, where it is not run in each epoch.
  return keys.some((key) => key.startsWith('val_')) ? keys : [...keys, ...keys.map((key) => `val_${key}`)];
}

function shownValue(value: number | undefined): string {
  return value === undefined ? 'NA' : pythonFloat(value);
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

/** A number as Python prints a float: the shortest digits that say it, `1.0` for a whole one, `1e-05` for a small one. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power < -4 || power >= 16)
    return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
