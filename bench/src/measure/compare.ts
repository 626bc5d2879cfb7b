import type { Row } from '../bench.js';
import { getThreadTime } from './clocks.js';
import { getQuartiles, type Quartiles } from './quartiles.js';

/**
 * Clocks in milliseconds. `thread` is the main thread's CPU time: it stops while the thread waits or other
 * programs run.
 */
export const clocks = { wall: () => performance.now(), thread: getThreadTime };

export interface Comparison {
  /** Subject ÷ yardstick, of the two runs of a round. */
  readonly ratio: Quartiles;
  /** Milliseconds of one run. */
  readonly subject: Quartiles;
  readonly yardstick: Quartiles;
  readonly runs: number;
}

type Run = () => unknown;

/** Times two runs in turn and in changing order, for `rounds` rounds after one to warm up. */
export async function compare(
  subject: Run,
  yardstick: Run,
  rounds: number,
  clock: keyof typeof clocks = 'wall',
): Promise<Comparison> {
  const times: [subject: number, yardstick: number][] = [];
  for (let round = -1; round < rounds; round++) {
    const isFirst = round % 2 === 0;
    const before = isFirst ? 0 : await time(yardstick, clock);
    const own = await time(subject, clock);
    const other = isFirst ? await time(yardstick, clock) : before;
    if (round >= 0) times.push([own, other]);
  }
  return {
    ratio: getQuartiles(times.map(([own, other]) => own / other)),
    subject: getQuartiles(times.map(([own]) => own)),
    yardstick: getQuartiles(times.map(([, other]) => other)),
    runs: rounds,
  };
}

/** Returns the milliseconds that a run takes, or the number it resolves to if it measures itself. */
export async function time(run: Run, clock: keyof typeof clocks = 'wall'): Promise<number> {
  (globalThis as { gc?: () => void }).gc?.();
  const start = clocks[clock]();
  const own = await run();
  return typeof own === 'number' ? own : clocks[clock]() - start;
}

/** Turns a comparison into a line of the output. */
export function createRatioRow(
  name: string,
  { ratio, subject, yardstick, runs }: Comparison,
  facts: Row['facts'] = {},
): Row {
  return {
    name,
    unit: '×',
    value: ratio.median,
    spread: [ratio.low, ratio.high],
    runs,
    facts: { 'subject, ms': subject.median, 'yardstick, ms': yardstick.median, ...facts },
  };
}
