import { existsSync, readFileSync } from 'node:fs';
import type { OptimizerCase, ScheduleCase, Values } from './replay.js';

export interface Recording {
  readonly optimizers: readonly OptimizerCase[];
  readonly schedules: readonly ScheduleCase[];
}

/** What scripts/recordings/optimizers.py recorded: all cases share initial weights and gradients. */
interface More {
  readonly names: readonly string[];
  readonly shapes: readonly (readonly number[])[];
  readonly initial: readonly (readonly number[])[];
  readonly gradients: readonly (readonly (readonly number[] | null)[])[];
  readonly optimizers: readonly {
    readonly optimizer: string;
    readonly options: Readonly<Record<string, unknown>>;
    /** After the last step. */
    readonly weights: readonly (readonly number[])[];
    readonly finalized?: readonly (readonly number[])[];
  }[];
  readonly schedules: readonly ScheduleCase[];
}

export function readRecording(path: string): Recording {
  return existsSync(path)
    ? (JSON.parse(readFileSync(path, 'utf8')) as Recording)
    : { optimizers: [], schedules: [] };
}

export function readMore(path: string): Recording {
  const { names, shapes, initial, gradients, ...rest } = JSON.parse(readFileSync(path, 'utf8')) as More;
  const shaped = (lists: readonly (readonly number[] | null)[]) =>
    lists.map((values, index) => (values === null ? null : { shape: shapes[index]!, values }));
  const optimizers = rest.optimizers.map(({ weights, finalized, ...recorded }) => ({
    ...recorded,
    names,
    initial: shaped(initial) as Values[],
    steps: gradients.map((values, step) => ({
      gradients: shaped(values),
      ...(step === gradients.length - 1 && { weights: shaped(weights) as Values[] }),
    })),
    ...(finalized && { finalized: shaped(finalized) as Values[] }),
  }));
  return { optimizers, schedules: rest.schedules };
}
