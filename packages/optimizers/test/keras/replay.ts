import * as tf from '@tensorflow/tfjs-core';
import * as optimizers from '../../src/index.js';

export interface Values {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** An optimizer's case as it was recorded. */
export interface OptimizerCase {
  readonly optimizer: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly names: readonly string[];
  readonly initial: readonly Values[];
  readonly steps: readonly {
    readonly gradients: readonly (Values | null)[];
    readonly weights?: readonly Values[];
    readonly learning_rate?: number;
  }[];
  readonly finalized?: readonly Values[];
}

/** A schedule's case as it was recorded. */
export interface ScheduleCase {
  readonly schedule: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly rates: readonly number[];
}

type Factory<Result> = (options: Record<string, unknown>) => Result;
const factories = optimizers as unknown as Record<string, Factory<never>>;

const toCamelCase = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** Keras' class `ScheduleFreeAdamW` is the function `scheduleFreeAdamW`, `RMSprop` is `rmsprop`. */
function getFactory<Result>(className: string): Factory<Result> {
  const name = Object.keys(factories).find(
    (key) => /^[a-z]/.test(key) && key.toLowerCase() === className.toLowerCase(),
  );
  if (name === undefined) throw new Error(`there is no ${className}`);
  return factories[name] as unknown as Factory<Result>;
}

function toOption(name: string, value: unknown): [string, unknown][] {
  if (value === null && name.endsWith('weight_decay')) return [[toCamelCase(name), 0]];
  if (value === null && name !== 'rms_rate') return [];
  if (name === '_exclude') return [['excludeFromWeightDecay', value]];
  if (name === 'learning_rate' && Array.isArray(value))
    return [['learningRate', createSchedule(value[0] as string, value[1] as Record<string, unknown>)]];
  return [[toCamelCase(name), value]];
}

const toOptions = (options: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(options).flatMap(([name, value]) => toOption(name, value)));

export function createSchedule(
  className: string,
  options: Readonly<Record<string, unknown>>,
): optimizers.Schedule {
  return getFactory<optimizers.Schedule>(className)(toOptions(options));
}

function createOptimizer({ optimizer, options }: OptimizerCase): optimizers.Optimizer {
  return getFactory<optimizers.Optimizer>(optimizer)(toOptions(options));
}

const toTensor = ({ values, shape }: Values): tf.Tensor => tf.tensor([...values], [...shape], 'float32');

/** The largest distance from what Keras had, as a multiple of the tolerance. 1 is at the limit. */
function distance(tensor: tf.Tensor, wanted: Values): number {
  const offs = [...tensor.dataSync()].map((value, index) => {
    const at = wanted.values[index] ?? NaN;
    const off = Math.abs(value - at) / (1e-5 * Math.abs(at) + 1e-6);
    return Number.isNaN(off) && !Object.is(value, at) ? Infinity : off || 0;
  });
  return Math.max(...offs);
}

export interface Replay {
  /** How far the weights and rates of each step are from Keras', in tolerances. */
  readonly weights: number[];
  readonly rates: number[];
  readonly finalized: number;
}

/** Applies the recorded gradients, and compares the weights with Keras'. */
export function replay(recorded: OptimizerCase, optimizer = createOptimizer(recorded)): Replay {
  const weights = recorded.initial.map((values, index) =>
    tf.variable(toTensor(values), true, `${recorded.names[index]}`),
  );
  const result: Replay = { weights: [], rates: [], finalized: 0 };
  for (const step of recorded.steps) {
    tf.tidy(() => {
      optimizer.applyGradients(
        weights.map(({ name }, index) => {
          const gradient = step.gradients[index];
          return { name, tensor: gradient == null ? undefined : toTensor(gradient) } as never;
        }),
      );
    });
    // The recorded rate is that of the next step.
    const { learning_rate: rate, weights: wanted } = step;
    if (rate !== undefined) result.rates.push(Math.abs(optimizer.learningRate - rate) / (rate || 1));
    if (wanted !== undefined)
      result.weights.push(Math.max(...weights.map((weight, index) => distance(weight, wanted[index]!))));
  }
  optimizer.finalizeWeights(weights);
  const { finalized } = recorded;
  const off = weights.map((weight, index) =>
    finalized === undefined ? 0 : distance(weight, finalized[index]!),
  );
  tf.dispose(weights);
  optimizer.dispose();
  return { ...result, finalized: Math.max(...off) };
}
