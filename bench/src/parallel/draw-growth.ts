import type { Plot } from '../bench.js';
import { findShortestStep, type Layout, predictStep, type SharingConstants } from './predict-step.js';

/** MB in a millisecond of a line of 1 Gbit/s. Not measured. */
const GIGABIT = 0.125;

const SIZES = [0.9, 2, 5, 10, 20, 40, 100, 200, 400];
const WORKERS = [1, 2, 4, 8, 16, 32, 64];

/** Seconds of the step on one thread, in the plot of the growth. */
const STEP = 1;

interface Sharing {
  readonly name: string;
  readonly layout: Layout;
  readonly workers: number;
  readonly bandwidth?: number;
}

const SHARINGS: readonly Sharing[] = [
  { name: '2 threads', layout: 'threads', workers: 2 },
  { name: '8 threads', layout: 'threads', workers: 8 },
  { name: '8 machines around a hub, 1 Gbit/s', layout: 'hub', workers: 8, bandwidth: GIGABIT },
  { name: '64 machines around a hub, 1 Gbit/s', layout: 'hub', workers: 64, bandwidth: GIGABIT },
  { name: '64 machines with relays, 1 Gbit/s', layout: 'relays', workers: 64, bandwidth: GIGABIT },
];

/** From which step on sharing pays, by the weights: below all lines, one thread is fastest. */
export function drawWhenToShare(constants: SharingConstants): Plot {
  return {
    file: 'when-to-share',
    title: 'The shortest step that sharing makes faster',
    x: 'weights, MB',
    y: 'a step on one thread, ms',
    isLogarithmic: true,
    lines: SHARINGS.map(({ name, ...sharing }) => ({
      name,
      points: SIZES.map(
        (megabytes) =>
          [megabytes, findShortestStep(sharing.layout, { ...sharing, megabytes }, constants)] as const,
      ),
    })),
  };
}

/** How many times as fast as one thread a step is, by the number of workers. */
export function drawGrowth(constants: SharingConstants): Plot {
  const alone = 1000 * STEP;
  const lines = [
    { name: 'threads, 0.9 MB of weights', layout: 'threads', megabytes: 0.9 },
    { name: 'hub, 0.9 MB, 1 Gbit/s', layout: 'hub', megabytes: 0.9 },
    { name: 'relays, 0.9 MB, 1 Gbit/s', layout: 'relays', megabytes: 0.9 },
    { name: 'threads, 40 MB', layout: 'threads', megabytes: 40 },
    { name: 'relays, 40 MB, 1 Gbit/s', layout: 'relays', megabytes: 40 },
  ] as const;
  return {
    file: 'sharing-by-workers',
    title: `A step of ${STEP} s on one thread, shared among workers`,
    x: 'workers',
    y: 'times as fast as one thread',
    isLogarithmic: true,
    lines: lines.map(({ name, layout, megabytes }) => ({
      name,
      points: WORKERS.map((workers) => {
        const work = { alone, megabytes, workers, ...(layout !== 'threads' && { bandwidth: GIGABIT }) };
        return [workers, alone / predictStep(layout, work, constants)] as const;
      }),
    })),
  };
}
