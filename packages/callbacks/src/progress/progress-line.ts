import type { Logs } from '../contract/callback-hooks.js';

/** How far an epoch, an evaluation or a prediction has come. Times are in milliseconds. */
export interface Progress {
  /** Steps done. */
  readonly done: number;
  /** Steps in all, or null where that is not known. */
  readonly target: number | null;
  readonly elapsed: number;
  /** Undefined before a step is done. */
  readonly msPerStep: number | undefined;
  readonly logs: Logs;
  /** Whether it has ended: then the line tells the time it took, before that the time it will still take. */
  readonly hasEnded: boolean;
}

const BAR_WIDTH = 20;
const NARROWEST_BAR = 5;

/**
 * The line of a progress bar, as in Keras 3: ` 17/469 ━╸────────────────── 12s 25ms/step - loss: 0.3123`.
 * Where it would be wider than `columns`, the bar shrinks, then goes, and the end is cut.
 */
export function progressBarLine(progress: Progress, columns: number): string {
  const { done, logs } = progress;
  const target = knownTarget(progress);
  const count =
    target === null ? stepCount(done) : `${String(done).padStart(String(target).length)}/${target}`;
  const info =
    [shownTime(progress), stepTime(progress)].filter((part) => part !== '').join(' ') + shownLogs(logs);
  const room = Math.min(BAR_WIDTH, columns - lengthOf(`${count}  ${info}`));
  const bar = target === null || room < NARROWEST_BAR ? '' : `${barOf(done / target, room)} `;
  return cut(`${count} ${bar}${info}`, columns);
}

/**
 * A line that makes sense by itself, for logs and files: `Epoch 3/10 - 469/469 - 12s - 25ms/step - loss: 0.3123`,
 * and before the end `47/469 - 1:30 left`. The title may be empty.
 */
export function progressTextLine(title: string, progress: Progress): string {
  const { done, logs, hasEnded } = progress;
  const target = knownTarget(progress);
  const count = target === null ? stepCount(done) : `${done}/${target}`;
  const time = shownTime(progress) + (hasEnded || target === null ? '' : ' left');
  return [title, count, time, stepTime(progress)].filter((part) => part !== '').join(' - ') + shownLogs(logs);
}

/** A stream that turns out longer than thought has no known target any more. */
function knownTarget({ done, target }: Progress): number | null {
  return target === null || target === 0 || done > target ? null : target;
}

function stepCount(done: number): string {
  return done === 1 ? '1 step' : `${done} steps`;
}

function barOf(fraction: number, width: number): string {
  const halves = Math.floor(fraction * width * 2);
  const full = Math.floor(halves / 2);
  return `${'━'.repeat(full)}${halves % 2 === 1 ? '╸' : ''}`.padEnd(width, '─');
}

function shownTime(progress: Progress): string {
  const { done, elapsed, msPerStep, hasEnded } = progress;
  const target = knownTarget(progress);
  if (hasEnded || target === null || msPerStep === undefined) return `${Math.round(elapsed / 1000)}s`;
  return clockTime(Math.floor((msPerStep * (target - done)) / 1000));
}

function clockTime(seconds: number): string {
  if (seconds < 60) return `${seconds}s`;
  const twoDigits = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  if (seconds < 3600) return `${minutes}:${twoDigits(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${twoDigits(minutes % 60)}:${twoDigits(seconds % 60)}`;
}

function stepTime({ msPerStep: ms }: Progress): string {
  if (ms === undefined) return '';
  if (ms >= 1000 || ms === 0) return `${Math.round(ms / 1000)}s/step`;
  return ms >= 1 ? `${Math.round(ms)}ms/step` : `${Math.round(ms * 1000)}us/step`;
}

function shownLogs(logs: Logs): string {
  return Object.entries(logs)
    .map(([key, value]) => ` - ${key}: ${formatMetric(value)}`)
    .join('');
}

function cut(line: string, columns: number): string {
  if (lengthOf(line) <= columns) return line;
  return `${[...line].slice(0, Math.max(0, columns - 1)).join('')}…`;
}

function lengthOf(text: string): number {
  return [...text].length;
}

/**
 * A loss or metric for people, as Keras shows it: four decimals, or scientific up to 1e-3. NaN and infinities are shown by their names.
 * Example: 0.91234 is `0.9123`, 0.00005 is `5.0000e-05`.
 */
function formatMetric(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Math.abs(value) > 1e-3) return value.toFixed(4);
  return value.toExponential(4).replace(/e([+-])(\d)$/, 'e$10$2');
}
