import type { LogValues } from '../contract/callback-hooks.js';

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
  const { done, logs } = progress;
  const target = getTarget(progress);
  const count =
    target === undefined ? formatSteps(done) : `${String(done).padStart(String(target).length)}/${target}`;
  const info =
    [formatTime(progress), formatStepTime(progress)].filter((part) => part !== '').join(' ') +
    formatLogs(logs);
  const room = Math.min(BAR_WIDTH, columns - countCharacters(`${count}  ${info}`));
  const bar = target === undefined || room < NARROWEST_BAR ? '' : `${drawBar(done / target, room)} `;
  return cut(`${count} ${bar}${info}`, columns);
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

function drawBar(fraction: number, width: number): string {
  const halves = Math.floor(fraction * width * 2);
  const full = Math.floor(halves / 2);
  return `${'━'.repeat(full)}${halves % 2 === 1 ? '╸' : ''}`.padEnd(width, '─');
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
    .map(([key, value]) => ` - ${key}: ${formatMetric(value)}`)
    .join('');
}

function cut(line: string, columns: number): string {
  if (countCharacters(line) <= columns) return line;
  return `${[...line].slice(0, Math.max(0, columns - 1)).join('')}…`;
}

function countCharacters(text: string): number {
  return [...text].length;
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
