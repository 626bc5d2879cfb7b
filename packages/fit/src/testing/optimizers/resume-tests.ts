import type { CheckpointStore } from '@keepfit/callbacks';
import type * as tf from '@tensorflow/tfjs-core';
import { assertThat } from '../backend-kit.js';
import { createSlowStore } from '../slow-store.js';
import { CRASH, createDenseTraining, type DenseTraining, FIRST_WEIGHT } from './dense-training.js';
import { type OptimizerKit, STEPS } from './optimizer-kit.js';

/** A training that crashes and continues ends with the bits of one without a crash. */
export function testOptimizerResuming(kit: OptimizerKit): void {
  let uninterrupted: Promise<Result> | undefined;
  const trainWhole = () => (uninterrupted ??= train(kit, async (training) => training.run({ steps: STEPS })));
  const testResume = (crashAfter: number, resumption?: Resumption): Promise<void> =>
    checkResume(kit, trainWhole, crashAfter, resumption);
  for (const step of kit.crashAfter) {
    kit.test(`resume: after ${step} steps, into a fresh optimizer`, () => testResume(step));
    kit.test(`resume: after ${step} steps, into an optimizer that has trained something else`, () =>
      testResume(step, { use: (training) => training.run({ steps: 4, data: 5 }) }),
    );
  }
  const middle = kit.crashAfter[Math.floor(kit.crashAfter.length / 2)] ?? 1;
  kit.test('resume: in a process in which tfjs names the weights otherwise', () =>
    testResume(middle, { counter: 10 }),
  );
  kit.test('frozen: a training that crashes while a weight is frozen continues exactly', () =>
    testFrozenResume(kit, 1),
  );
  kit.test('frozen: a training that crashes after the weight was thawed continues exactly', () =>
    testFrozenResume(kit, 2),
  );
}

interface Resumption {
  readonly counter?: number;
  /** What the training does before it continues the other. */
  use?(training: DenseTraining): Promise<unknown>;
}

async function checkResume(
  kit: OptimizerKit,
  trainWhole: () => Promise<Result>,
  crashAfter: number,
  resumption: Resumption = {},
): Promise<void> {
  const expected = await trainWhole();
  const store = createStore();
  await train(kit, (training) => crash(training.run({ steps: STEPS, store, crashAfter })));
  const found = await train(
    kit,
    async (training) => {
      await resumption.use?.(training);
      return training.run({ steps: STEPS, store });
    },
    resumption.counter,
  );
  compare(expected, found);
  assertThat(
    found.losses.length === STEPS - crashAfter,
    `the training must continue after its ${crashAfter} steps, not train ${found.losses.length} more of ${STEPS}`,
  );
}

/** Three runs of 3 steps, of which the one in the middle leaves a weight out; the crash is in run `crashed`. */
async function testFrozenResume(kit: OptimizerKit, crashed: 1 | 2): Promise<void> {
  const runs = [{ steps: 3 }, { steps: 3, frozen: [FIRST_WEIGHT] }, { steps: 3 }] as const;
  const expected = await train(kit, async (training) => {
    const losses: number[] = [];
    for (const run of runs) losses.push(...(await training.run(run)));
    return losses;
  });
  const store = createStore();
  await train(kit, async (training) => {
    for (const run of runs.slice(0, crashed)) await training.run(run);
    return crash(training.run({ ...(runs[crashed] ?? runs[0]), store, crashAfter: 2 }));
  });
  const found = await train(kit, async (training) => {
    const losses = await training.run({ ...(runs[crashed] ?? runs[0]), store });
    for (const run of runs.slice(crashed + 1)) losses.push(...(await training.run(run)));
    return losses;
  });
  compare(expected, found);
}

interface Result {
  readonly losses: readonly number[];
  readonly weights: string;
}

async function train(
  { createOptimizer }: OptimizerKit,
  run: (training: DenseTraining) => Promise<readonly number[]>,
  counter?: number,
): Promise<Result> {
  const optimizer: tf.Optimizer = createOptimizer();
  const training = createDenseTraining({ optimizer, ...(counter === undefined ? {} : { counter }) });
  try {
    const losses = await run(training);
    return { losses, weights: await training.readWeights() };
  } finally {
    training.dispose();
  }
}

/** Waits for the crash of a training. Any other error is one of the optimizer. */
async function crash(training: Promise<readonly number[]>): Promise<readonly number[]> {
  try {
    return await training;
  } catch (error) {
    if ((error as { cause?: { message?: unknown } }).cause?.message === CRASH) return [];
    throw error;
  }
}

function createStore(): CheckpointStore {
  const slow = createSlowStore();
  slow.let();
  return slow.store;
}

function compare(expected: Result, found: Result): void {
  assertThat(
    found.losses.join() === expected.losses.slice(-found.losses.length).join(),
    `the losses after the crash must be those of a training without one, ${expected.losses.join()}, not ${found.losses.join()}`,
  );
  assertThat(
    found.weights === expected.weights,
    'the weights must end with the bits of a training without a crash',
  );
}
