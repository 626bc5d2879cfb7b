import type { LogValues } from '../contract/callback-hooks.js';
import { countColumns, cutToColumns } from './text-width.js';

/** The progress of an epoch, an evaluation or a prediction. Times are in milliseconds. */
export interface Progress {
  /** Steps done. */
  readonly done: number;
  /** Steps in total; undefined if unknown. */
  readonly target: number | undefined;
  readonly elapsed: number;
  /** Undefined before a step is done. */
  readonly msPerStep: number | undefined;
  readonly logs: LogValues;
  /** Whether it has ended: then the line shows the elapsed time, and before that the remaining time. */
  readonly hasEnded: boolean;
}

const BAR_WIDTH = 20;
const NARROWEST_BAR = 5;

/**
 * Formats a progress bar as in Keras 3: ` 17/469 ━╸────────────────── 12s 25ms/step - loss: 0.3123`. If the
 * line is wider than `columns`, the bar shrinks, then disappears, and then the end is cut.
 */
export function formatProgressBar(progress: Progress, columns: number): string {
  const logs = formatLogs(progress.logs);
  const { count, times } = formatPlace(progress);
  const room = columns - countColumns(`${count}  ${times}${logs}`);
  return cutToColumns(`${count} ${drawBar(progress, room)}${times}${logs}`, columns);
}

/**
 * Formats the last bar, which nothing is drawn over: as one line of at most `columns` if it can be one without
 * a cut, otherwise as several, none of which splits a metric.
 */
export function formatLastBar(progress: Progress, columns: number): string[] {
  const { count, times } = formatPlace(progress);
  const line = formatProgressBar(progress, columns);
  if (!line.endsWith('…')) return [line];
  const lines = [
    cutToColumns(
      `${count} ${drawBar(progress, columns - countColumns(`${count}  ${times}`))}${times}`,
      columns,
    ),
  ];
  for (const [key, value] of Object.entries(progress.logs)) {
    const metric = formatMetric(value);
    const longer = `${lines.at(-1)} - ${formatKey(key)}: ${metric}`;
    if (countColumns(longer) <= columns) lines[lines.length - 1] = longer;
    else lines.push(`  ${cutToColumns(formatKey(key), columns - countColumns(`  : ${metric}`))}: ${metric}`);
  }
  return lines;
}

function formatPlace(progress: Progress): { readonly count: string; readonly times: string } {
  const { done } = progress;
  const target = getTarget(progress);
  const count =
    target === undefined ? formatSteps(done) : `${String(done).padStart(String(target).length)}/${target}`;
  const times = [formatTime(progress), formatStepTime(progress)].filter((part) => part !== '').join(' ');
  return { count, times };
}

/**
 * Formats a line that makes sense alone, for logs and files:
 * `Epoch 3/10 - 469/469 - 12s - 25ms/step - loss: 0.3123`, and before the end `47/469 - 1:30 left`. The title
 * may be empty.
 */
export function formatProgressText(title: string, progress: Progress): string {
  const { done, logs, hasEnded } = progress;
  const target = getTarget(progress);
  const count = target === undefined ? formatSteps(done) : `${done}/${target}`;
  const time = formatTime(progress) + (hasEnded || target === undefined ? '' : ' left');
  return (
    [title, count, time, formatStepTime(progress)].filter((part) => part !== '').join(' - ') +
    formatLogs(logs)
  );
}

/** The number of steps; undefined once a stream turns out longer than expected. */
function getTarget({ done, target }: Progress): number | undefined {
  return target === undefined || target === 0 || done > target ? undefined : target;
}

function formatSteps(done: number): string {
  return done === 1 ? '1 step' : `${done} steps`;
}

/** Draws the bar, with a space behind it; nothing if there is no room, or the number of steps is unknown. */
function drawBar(progress: Progress, room: number): string {
  const target = getTarget(progress);
  const width = Math.min(BAR_WIDTH, room);
  if (target === undefined || width < NARROWEST_BAR) return '';
  const halves = Math.floor((progress.done / target) * width * 2);
  const full = Math.floor(halves / 2);
  return `${`${'━'.repeat(full)}${halves % 2 === 1 ? '╸' : ''}`.padEnd(width, '─')} `;
}

function formatTime(progress: Progress): string {
  const { done, elapsed, msPerStep, hasEnded } = progress;
  const target = getTarget(progress);
  if (hasEnded || target === undefined || msPerStep === undefined) return `${Math.round(elapsed / 1000)}s`;
  return formatSeconds(Math.floor((msPerStep * (target - done)) / 1000));
}

function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds}s`;
  const twoDigits = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  if (seconds < 3600) return `${minutes}:${twoDigits(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${twoDigits(minutes % 60)}:${twoDigits(seconds % 60)}`;
}

function formatStepTime({ msPerStep: ms }: Progress): string {
  if (ms === undefined) return '';
  if (ms >= 1000 || ms === 0) return `${Math.round(ms / 1000)}s/step`;
  return ms >= 1 ? `${Math.round(ms)}ms/step` : `${Math.round(ms * 1000)}us/step`;
}

function formatLogs(logs: LogValues): string {
  return Object.entries(logs)
    .map(([key, value]) => ` - ${formatKey(key)}: ${formatMetric(value)}`)
    .join('');
}

/** A control character of a name would move the terminal's cursor, and a bidirectional one reorder the line. */
function formatKey(key: string): string {
  return key.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}

/**
 * Formats a loss or metric as Keras shows it: four decimals, or scientific notation up to 1e-3. NaN and
 * infinities have their names. Example: 0.91234 is `0.9123`, 0.00005 is `5.0000e-05`.
 */
function formatMetric(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Math.abs(value) > 1e-3) return value.toFixed(4);
  return value.toExponential(4).replace(/e([+-])(\d)$/, 'e$10$2');
}
