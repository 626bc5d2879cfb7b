import { threadTime } from './thread-time.js';
import { quartiles, type Quartiles } from './quartiles.js';

/** Clocks in milliseconds. `thread` counts what the main thread works, and stands still while it waits or others have the processor. */
export const clocks = { wall: () => performance.now(), thread: threadTime };

export interface Comparison {
  /** Of one run to the run beside it. */
  readonly ratio: Quartiles;
  /** Milliseconds of one run. */
  readonly subject: Quartiles;
  readonly yardstick: Quartiles;
  readonly runs: number;
}

type Run = () => unknown;

/** Times two things in turn, `rounds` times after one round of warming up, in changing order. */
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
    ratio: quartiles(times.map(([own, other]) => own / other)),
    subject: quartiles(times.map(([own]) => own)),
    yardstick: quartiles(times.map(([, other]) => other)),
    runs: rounds,
  };
}

/** Milliseconds that a run takes, or those that it resolves to where it has measured itself. */
export async function time(run: Run, clock: keyof typeof clocks = 'wall'): Promise<number> {
  (globalThis as { gc?: () => void }).gc?.();
  const start = clocks[clock]();
  const own = await run();
  return typeof own === 'number' ? own : clocks[clock]() - start;
}
