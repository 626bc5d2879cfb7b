import { type ShardSum, sumTree } from '@keepfit/fit/engine';
import { createRandomNumbers } from '../../../scripts/proof/random-numbers.js';
import { createWeights, type DigitTensors, type Weights } from './classifier.js';

/** The settings of a training. All of them change its bits. */
export interface Settings {
  /** How many virtual workers share a batch. */
  readonly workers: number;
  /** Rows of one worker in one step. */
  readonly rows: number;
  /** Steps of all workers together. */
  readonly steps: number;
  /** Steps that each worker trains by itself between two exchanges; 0: gradients are exchanged in each step. */
  readonly localSteps: number;
  /** Of a step, with a momentum of 0.9. */
  readonly learningRate: number;
  /** How the mean of the changes is applied to the weights: as it is, or by Nesterov's momentum. */
  readonly outer: 'mean' | 'nesterov';
  readonly seed: number;
}

/** What differs from run to run without changing the bits. */
export interface Execution {
  /** In which order the work of the virtual workers is done; repeated ones stand for work that was lost by a kill. */
  readonly order?: (round: number) => readonly number[];
  /** Called with the weights, after so many steps. */
  readonly onExchange?: (steps: number, weights: Weights) => void;
}

const MOMENTUM = 0.9;
const [OUTER_RATE, OUTER_MOMENTUM] = [0.7, 0.9];

/** Trains, and returns the weights. The result depends on nothing but the settings and the data. */
export function train(data: DigitTensors, settings: Settings, execution: Execution = {}): Weights {
  return settings.localSteps === 0
    ? trainByShards(data, settings, execution)
    : trainByRounds(data, settings, execution);
}

/** Each step is shared: workers send gradients, and get weights. */
function trainByShards(data: DigitTensors, settings: Settings, { order, onExchange }: Execution): Weights {
  const { learningRate, seed, steps } = settings;
  let weights = createWeights(seed);
  let velocity: Float32Array = new Float32Array(weights.length);
  for (let step = 0; step < steps; step++) {
    const current = weights;
    const sum = addWork(settings, order?.(step), (worker) =>
      data.computeGradient(current, pickRows(data.count, settings, step, worker)),
    );
    velocity = combine(MOMENTUM, velocity, 1 / settings.workers, sum);
    weights = combine(1, weights, -learningRate, velocity);
    onExchange?.(step + 1, weights);
  }
  return weights;
}

/**
 * Each worker trains by itself from the weights of the round, without a memory of earlier rounds, so that its change of
 * the weights is a pure function of (weights, round, worker). The mean change is applied once.
 */
function trainByRounds(data: DigitTensors, settings: Settings, { order, onExchange }: Execution): Weights {
  const { localSteps, outer, seed, steps, workers } = settings;
  let weights = createWeights(seed);
  let velocity: Float32Array = new Float32Array(weights.length);
  for (let round = 0; round * localSteps < steps; round++) {
    const [from, to] = [round * localSteps, Math.min(steps, (round + 1) * localSteps)];
    const current = weights;
    const sum = addWork(settings, order?.(round), (worker) =>
      trainAlone(data, settings, current, { worker, from, to }),
    );
    if (outer === 'mean') weights = combine(1, weights, 1 / workers, sum);
    else {
      velocity = combine(OUTER_MOMENTUM, velocity, 1 / workers, sum);
      const change = combine(1 / workers, sum, OUTER_MOMENTUM, velocity);
      weights = combine(1, weights, OUTER_RATE, change);
    }
    onExchange?.(to, weights);
  }
  return weights;
}

/** The local steps of one virtual worker. Returns the change of the weights. */
function trainAlone(
  data: DigitTensors,
  settings: Settings,
  start: Weights,
  { worker, from, to }: { readonly worker: number; readonly from: number; readonly to: number },
): Float32Array {
  let weights = start;
  let velocity: Float32Array = new Float32Array(start.length);
  for (let step = from; step < to; step++) {
    const gradient = data.computeGradient(weights, pickRows(data.count, settings, step, worker));
    velocity = combine(MOMENTUM, velocity, 1, gradient);
    weights = combine(1, weights, -settings.learningRate, velocity);
  }
  return combine(1, weights, -1, start);
}

/** Has the work of each virtual worker done in any order, and adds the results in that of the tree of shards. */
function addWork(
  { workers }: Settings,
  order: readonly number[] | undefined,
  compute: (worker: number) => Float32Array,
): Float32Array {
  const results: ShardSum[] = [];
  for (const worker of order ?? Array.from({ length: workers }, (_, index) => index))
    results[worker] = { gradients: [compute(worker)], assigned: [], logs: [], outputs: [] };
  const [sum] = sumTree(results as [ShardSum, ...ShardSum[]]).gradients;
  if (sum === undefined) throw new Error('a virtual worker has no result');
  return sum;
}

/** The sum of two multiples, each number rounded once. */
function combine(a: number, x: Float32Array, b: number, y: Float32Array): Float32Array {
  const sum = new Float32Array(x.length);
  for (let at = 0; at < sum.length; at++) sum[at] = a * (x[at] ?? 0) + b * (y[at] ?? 0);
  return sum;
}

/** The rows of a virtual worker in a step: a slice of a permutation of all rows, which is another one in each pass. */
function pickRows(
  count: number,
  { workers, rows, seed }: Settings,
  step: number,
  worker: number,
): Int32Array {
  const stepsInPass = Math.floor(count / (workers * rows));
  const order = permute(count, seed + 1 + Math.floor(step / stepsInPass));
  const from = ((step % stepsInPass) * workers + worker) * rows;
  return order.subarray(from, from + rows);
}

const permutations = new Map<string, Int32Array>();

function permute(count: number, seed: number): Int32Array {
  const key = `${count} ${seed}`;
  let order = permutations.get(key);
  if (order === undefined) {
    order = Int32Array.from({ length: count }, (_, index) => index);
    const random = createRandomNumbers(seed);
    for (let at = count - 1; at > 0; at--) {
      const other = Math.floor(random() * (at + 1));
      [order[at], order[other]] = [order[other] ?? 0, order[at] ?? 0];
    }
    permutations.set(key, order);
  }
  return order;
}
