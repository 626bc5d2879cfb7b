import { cpuBackend } from '@keepfit/backend-cpu';
import { wasmBackend } from '@keepfit/backend-wasm';
import { type Engine, type FitOptions, type Phase, seeded, Trainer, useBackend } from '@keepfit/fit';
import { ShardRunner, type ShardSum, sumTree } from '@keepfit/fit/engine';
import { fromLayers, joinModels } from '@keepfit/layers';
import * as tf from '@tensorflow/tfjs-core';
import { setImmediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { beforeEach, expect, test, vi } from 'vitest';
import { numbers as list } from './equivalence/zoo-member.js';
import { createNoisyNet } from './helpers/noisy-net.js';

beforeEach(() => useBackend(cpuBackend()));

/** Workers of this process, each with a model of its own, that answer in another order each time. */
function replicas(create: () => Promise<ShardRunner>, workers: number): Engine {
  let runners: ShardRunner[] = [];
  let turn = 0;
  return {
    name: 'replicas',
    async begin({ description }) {
      runners = await Promise.all(Array.from({ length: workers }, create));
      for (const runner of runners)
        if (!isDeepStrictEqual(runner.description, description)) throw new Error('another model');
    },
    async sum({ tasks, readWeights }) {
      const weights = await readWeights();
      for (const runner of runners) runner.setWeights(weights);
      turn += 1;
      const order = tasks.map((_, at) => (at + turn) % tasks.length);
      const sums: ShardSum[] = [];
      for (const at of order)
        sums[at] = await (runners[(at + turn) % workers] as ShardRunner).compute(tasks[at]!);
      return sumTree(sums as [ShardSum, ...ShardSum[]]);
    },
    async end() {
      runners = [];
    },
  };
}

const build = (seed: number) => seeded(seed, createNoisyNet);

function numbers(salt: number, width: number): tf.Tensor {
  const { data, shape } = list(14, 0, [width], salt);
  return tf.tensor(data as Float32Array, [...shape]);
}

async function train(given: FitOptions) {
  const trainer = new Trainer(fromLayers(build(1)), {
    optimizer: 'adam',
    loss: 'mse',
    metrics: ['mae', 'rootMeanSquaredError'],
  });
  return finish(trainer, given);
}

async function finish(trainer: Trainer, given: FitOptions) {
  await trainer.fit(numbers(0, 3), numbers(1, 2), { batchSize: 6, seed: 3, verbose: 0, epochs: 3, ...given });
  const weights = trainer.model.weights.map(({ variable }) => [...variable.dataSync()]);
  return { weights, history: trainer.history.history };
}

const create = () =>
  ShardRunner.create(fromLayers(build(7)), { loss: 'mse', metrics: ['mae', 'rootMeanSquaredError'] });

test.each([1, 2, 3, 8])('workers give the bits of this thread, with %i shards', async (shards) => {
  const alone = await train({ shards });
  for (const workers of [1, 2, 3])
    expect(await train({ shards, engine: replicas(create, workers) })).toEqual(alone);
});

/** As the engine does, and tells how many tensors there are before and after some turns of each step. */
function watchMemory(engine: Engine, onStep: (more: number) => void): Engine {
  return {
    ...engine,
    async sum(step) {
      const { numTensors } = tf.memory();
      await setImmediate();
      await setImmediate();
      onStep(tf.memory().numTensors - numTensors);
      return engine.sum(step);
    },
  };
}

test('the next batch of arrays is made while a step runs, and that of a stream is not', async () => {
  const more: number[] = [];
  const engine = watchMemory(replicas(create, 1), (count) => more.push(count));
  const alone = await train({ shards: 2 });
  expect(await train({ shards: 2, engine })).toEqual(alone);
  // Three batches an epoch. Each has an input and a target, and the last of an epoch has none after it.
  expect(more).toEqual([2, 2, 0, 2, 2, 0, 2, 2, 0]);
  more.length = 0;
  const stream = () => [0, 1].map((salt) => ({ xs: numbers(salt, 3), ys: numbers(salt + 2, 2) }));
  const trainer = new Trainer(fromLayers(build(1)), {
    optimizer: 'adam',
    loss: 'mse',
    metrics: ['mae', 'rootMeanSquaredError'],
  });
  await trainer.fit(stream, { engine, epochs: 2, verbose: 0 });
  expect(more).toEqual([0, 0, 0, 0]);
});

test.each(['stops', 'throws'])('a batch that was made ahead is freed if a hook %s', async (how) => {
  const engine = replicas(create, 1);
  const trainer = new Trainer(fromLayers(build(1)), {
    optimizer: 'sgd',
    loss: 'mse',
    metrics: ['mae', 'rootMeanSquaredError'],
  });
  const [x, y] = [numbers(0, 3), numbers(1, 2)];
  const run = (): Promise<unknown> => {
    const callbacks = {
      onTrainBatchEnd: () => {
        if (how === 'throws') throw new Error('no more');
        trainer.stopTraining = true;
      },
    };
    const options = { batchSize: 4, verbose: 0, shards: 2, engine, callbacks } as const;
    return trainer.fit(x, y, options).catch(() => {});
  };
  await run();
  const { numTensors } = tf.memory();
  await run();
  // Each run makes new workers.
  expect(tf.memory().numTensors - numTensors).toBe(trainer.model.weights.length);
});

test('an engine computes four shards if nothing else is said', async () => {
  expect(await train({ engine: replicas(create, 2) })).toEqual(await train({ shards: 4 }));
});

test.each([1, 3])('phases in workers give the bits of this thread, with %i shards', async (shards) => {
  const plan = (seed: number) => {
    const [first, second] = [build(seed), build(seed + 1)];
    const model = joinModels({ first, second }, { main: 'first' });
    const loss =
      (part: 'first' | 'second'): Phase['loss'] =>
      ({ x, y }, { random, training }) => {
        const noisy = tf.add(x, random.normal(x.shape, 0, 0.1));
        const outputs = model.parts[part].call(noisy, { training }) as tf.Tensor;
        return { loss: tf.mean(tf.square(tf.sub(outputs, y))), outputs };
      };
    const phases = [
      { name: 'a', weights: 'first', optimizer: 'adam', loss: loss('first') },
      { name: 'b', weights: 'second', optimizer: 'sgd', loss: loss('second') },
    ] as const;
    return [model, { phases, metrics: ['mae'] }] as const;
  };
  const run = (given: FitOptions) => finish(new Trainer(...plan(1)), given);
  const engine = replicas(() => ShardRunner.create(...plan(9)), 2);
  expect(await run({ shards, engine })).toEqual(await run({ shards }));
});

test.each([1, 3])(
  'an engine evaluates and predicts with the bits of this thread, %i batches an execution',
  async (stepsPerExecution) => {
    const outcome = async (engine?: Engine) => {
      const trainer = new Trainer(fromLayers(build(1)), {
        optimizer: 'sgd',
        loss: 'mse',
        metrics: ['mae', 'rootMeanSquaredError', 'r2Score', 'auc'],
        stepsPerExecution,
      });
      const calls: unknown[] = [];
      const callbacks = {
        onTestBatchBegin: (batch: number) => void calls.push(batch),
        onTestBatchEnd: (batch: number, logs: unknown) => void calls.push(batch, logs),
        onPredictBatchEnd: (batch: number) => void calls.push(batch),
      };
      const options = { batchSize: 1, verbose: 0 as const, callbacks, ...(engine && { engine }) };
      const x = numbers(0, 3);
      const logs = await trainer.evaluate(x, tf.sigmoid(numbers(1, 2)), options);
      const outputs = (await trainer.predict(x, options)) as tf.Tensor;
      return [logs, [...outputs.dataSync()], calls];
    };
    const createHere = () =>
      ShardRunner.create(fromLayers(build(7)), {
        loss: 'mse',
        metrics: ['mae', 'rootMeanSquaredError', 'r2Score', 'auc'],
      });
    const alone = await outcome();
    expect(await outcome(replicas(createHere, 2))).toEqual(alone);
  },
);

test.each([
  ['cpu', cpuBackend],
  ['wasm', wasmBackend],
])('a worker keeps its weights when their memory is written again, on %s', async (_, backend) => {
  await useBackend(backend());
  const model = fromLayers(build(7));
  const runner = await ShardRunner.create(model, { loss: 'mse', metrics: [] });
  const values = model.weights.map(({ variable: { dtype, shape, size } }) => {
    const shared = new Float32Array(new SharedArrayBuffer(size * 4)).fill(0.5);
    return { dtype: dtype as 'float32', shape, values: shared };
  });
  runner.setWeights(values);
  for (const { values: memory } of values) memory.fill(9);
  for (const { variable } of model.weights) expect(new Set(variable.dataSync())).toEqual(new Set([0.5]));
  runner.dispose();
});

test('a sum that is not of the step is refused, and no weight changes', async () => {
  const sound = replicas(create, 1);
  let broken: (sum: ShardSum) => ShardSum = (sum) => sum;
  const engine: Engine = { ...sound, sum: async (step) => broken(await sound.sum(step)) };
  for (const [change, problem] of [
    [(sum: ShardSum) => ({ ...sum, logs: sum.logs.slice(1) }), /holds the shards 1, and the step has 0, 1/],
    [(sum: ShardSum) => ({ ...sum, gradients: sum.gradients.slice(1) }), /gradients for 6 trained weights/],
    [
      (sum: ShardSum) => ({ ...sum, gradients: sum.gradients.map(() => new Float32Array(1)) }),
      /has 1 values for the weight "dense\/kernel" of 15/,
    ],
  ] as const) {
    broken = change;
    const model = fromLayers(build(1));
    const before = model.weights.map(({ variable }) => [...variable.dataSync()]);
    const trainer = new Trainer(model, {
      optimizer: 'adam',
      loss: 'mse',
      metrics: ['mae', 'rootMeanSquaredError'],
    });
    await expect(finish(trainer, { shards: 2, engine })).rejects.toMatchObject({
      code: 'KEEPFIT_ENGINE_FAILED',
      message: expect.stringMatching(problem) as string,
    });
    expect(model.weights.map(({ variable }) => [...variable.dataSync()])).toEqual(before);
  }
});

test('the engine is told when a hook freezes a layer, and ends with the fit', async () => {
  const model = build(1);
  const told: unknown[] = [];
  let ends = 0;
  const local = replicas(create, 1);
  const engine: Engine = {
    name: 'listening',
    async begin(training) {
      const { weights } = training.description as { weights: readonly { trainable: boolean }[] };
      told.push(weights.filter(({ trainable }) => trainable).length);
      this.sum = async ({ tasks }) => {
        const sums = [];
        for (const task of tasks) sums.push(await training.local.compute(task));
        return sumTree(sums as unknown as [ShardSum, ...ShardSum[]]);
      };
    },
    sum: (step) => local.sum(step),
    async end() {
      ends += 1;
    },
  };
  const trainer = new Trainer(fromLayers(model), { optimizer: 'sgd', loss: 'mse' });
  const freeze = {
    onEpochBegin: (epoch: number) =>
      void (epoch === 1 && Object.assign(model.layers[0]!, { trainable: false })),
  };
  await finish(trainer, { engine, callbacks: freeze });
  expect([told, ends]).toEqual([[6, 4], 1]);
});

test('a comparison with this thread changes no bit, and is told once if sharing loses', async () => {
  const epochs = 300;
  const stop = (at: number) => ({
    onEpochEnd(this: { model?: { stopTraining: boolean } }, epoch: number) {
      if (epoch === at) this.model!.stopTraining = true;
    },
    setModel(model: { stopTraining: boolean }) {
      Object.assign(this, { model });
    },
  });
  const run = (engine?: Engine) =>
    train({ shards: 4, batchSize: 14, epochs, callbacks: stop(27), ...(engine && { engine }) });
  const alone = await run();
  const base = replicas(create, 2);
  let now = 0;
  let compared = 0;
  const engine: Engine = {
    ...base,
    workers: ['first', 'second'],
    begin(training) {
      const compute = training.local.compute.bind(training.local);
      vi.spyOn(training.local, 'compute').mockImplementation((task) => {
        compared += 1;
        now += 100;
        return compute(task);
      });
      return base.begin(training);
    },
    sum(step) {
      now += 130;
      return base.sum(step);
    },
  };
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
  try {
    expect(await run(engine)).toEqual(alone);
    expect(compared).toBe(6);
    expect(warn.mock.calls).toEqual([
      [
        'keepfit: 2 workers take 1.3 times as long as this thread alone; use a batch of 32 or more, or train without the engine',
      ],
    ]);
  } finally {
    clock.mockRestore();
    warn.mockRestore();
  }
});
