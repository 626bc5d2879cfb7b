import type { Context, Row } from '../bench.js';
import { getQuartiles } from '../measure/quartiles.js';
import type { BenchModel } from './model.js';
import { Subject, type Trainer } from './subject.js';

export interface Rounds {
  /** Milliseconds of a step of each trainer, in each round. */
  readonly times: Readonly<Partial<Record<Trainer, number[]>>>;
  /** GFLOP/s of the packed matrix product, in each round that had stock wasm. */
  readonly rates: readonly number[];
  /** The longest kernels of the first trainer. */
  readonly kernels: string;
  readonly failures: Readonly<Partial<Record<Trainer, string>>>;
}

/** Trains one model in a process for each trainer. They take turns. */
export async function runInTurn(
  root: string,
  model: BenchModel,
  trainers: readonly Trainer[],
  rounds: number,
  slowSteps?: number,
): Promise<Rounds> {
  const steps = countSteps(model);
  const getSteps = (trainer: Trainer): number => (trainer === 'stock-cpu' ? (slowSteps ?? steps) : steps);
  const subjects = new Map<Trainer, Subject>();
  const [times, failures, rates]: [Record<string, number[]>, Record<string, string>, number[]] = [{}, {}, []];
  try {
    for (const trainer of trainers) {
      const subject = await Subject.start(root, trainer, model.name);
      subjects.set(trainer, subject);
      // Twice because V8 optimizes late. A step of 15 s does not need it.
      const { failure } = await subject.ask('train', getSteps(trainer));
      if (failure !== undefined) failures[trainer] = failure;
      else if (slowSteps === undefined) await subject.ask('train', getSteps(trainer));
    }
    for (let round = 0; round < rounds; round++) {
      for (const [trainer, subject] of subjects) {
        if (failures[trainer] === undefined)
          (times[trainer] ??= []).push((await subject.ask('train', getSteps(trainer))).ms ?? NaN);
        if (trainer === 'stock-wasm') rates.push((await subject.ask('ceiling')).rate ?? NaN);
      }
    }
    const [first] = trainers;
    const { kernels = [] } =
      (first !== undefined && (await subjects.get(first)?.ask('kernels', steps))) || {};
    return { times, rates, failures, kernels: formatKernels(kernels) };
  } finally {
    for (const subject of subjects.values()) await subject.stop();
  }
}

/**
 * Measures how much of a step some kernels take, in per cent of its time. All kernels are timed in the same
 * steps, each round in a new `fit`.
 */
export async function measureShare(
  root: string,
  model: BenchModel,
  trainer: Trainer,
  rounds: number,
  isCounted: (kernel: string) => boolean,
): Promise<{ readonly shares: readonly number[]; readonly kernels: string }> {
  const steps = countSteps(model);
  const subject = await Subject.start(root, trainer, model.name);
  const shares: number[] = [];
  let last: readonly (readonly [kernel: string, ms: number])[] = [];
  try {
    for (let round = -2; round < rounds; round++) {
      const { ms = NaN, kernels = [], failure } = await subject.ask('kernels', steps);
      if (failure !== undefined) throw new Error(failure);
      last = kernels.filter(([kernel]) => isCounted(kernel));
      if (round >= 0) shares.push((100 * last.reduce((sum, [, time]) => sum + time, 0)) / ms);
    }
  } finally {
    await subject.stop();
  }
  return { shares, kernels: formatKernels(last) };
}

/** The row of a ratio of two subjects of the same rounds. */
export function createTurnsRow(
  name: string,
  subject: readonly number[],
  yardstick: readonly number[],
  facts: Row['facts'],
): Row {
  const { median, low, high } = getQuartiles(subject.map((ms, round) => ms / (yardstick[round] ?? NaN)));
  return {
    name,
    unit: '×',
    value: median,
    spread: [low, high],
    runs: subject.length,
    facts,
  };
}

export function countRounds({ quick }: Pick<Context, 'quick'>): number {
  return quick ? 3 : 7;
}

/** Enough steps that what is done once per fit weighs as little as in an epoch. */
function countSteps({ megaflops }: BenchModel): number {
  return Math.max(8, Math.round(10_000 / (megaflops + 50)));
}

function formatKernels(kernels: readonly (readonly [kernel: string, ms: number])[]): string {
  return kernels
    .slice(0, 6)
    .map(([kernel, ms]) => `${kernel} ${ms.toFixed(2)} ms`)
    .join(', ');
}
