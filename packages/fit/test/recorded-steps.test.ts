import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CallbackHooks } from '@keepfit/callbacks';
import { type Model, type NamedWeight, Trainer, type TrainerOptions, useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { plainData } from './helpers/plain-data.js';
import { type PlainRun, plainTrainer, trainPlain } from './helpers/train-plain.js';

beforeAll(() => useBackend(cpuBackend()));

let warnings: string[];
beforeEach(() => {
  warnings = [];
  vi.spyOn(console, 'warn').mockImplementation((text: string) => void warnings.push(text));
});
afterEach(() => vi.restoreAllMocks());

/** A model of one weight that computes by `call`; its loss is recorded if the user vouches for it. */
function ownModel(call: (x: tf.Tensor, weight: tf.Variable) => tf.Tensor, more: Partial<Model> = {}): Model {
  const variable = tf.tidy(() => tf.variable(tf.tensor2d([[0.5], [-0.25], [0.125]])));
  const weights: NamedWeight[] = [{ name: 'kernel', variable, trainable: true }];
  return { weights, call: (x) => call(x as tf.Tensor, variable), ...more };
}

const multiply = (x: tf.Tensor, kernel: tf.Tensor) => tf.matMul(x as tf.Tensor2D, kernel as tf.Tensor2D);

function createTrainer(model: Model, options: Partial<TrainerOptions> = {}): Trainer {
  return new Trainer(model, { optimizer: tf.train.adam(0.05), loss: 'mse', ...options } as TrainerOptions);
}

const { x, y } = plainData(16);
const options = { batchSize: 2, epochs: 2, seed: 3, verbose: 0 } as const;

async function readWeights({ weights }: Model): Promise<number[][]> {
  return Promise.all(weights.map(async ({ variable }) => [...(await variable.data())]));
}

describe('a replayed training ends with the bits of a normal one', () => {
  const cases: Readonly<Record<string, (model: () => Model) => PlainRun>> = {
    'with noise, dropout, a running mean and a count of the model itself': () => ({}),
    'with one batch more than fits': () => ({ options: { batchSize: 4 } }),
    'with several steps an execution': () => ({ trainer: { stepsPerExecution: 2 } }),
    'with weights of samples': () => ({ options: { sampleWeight: Float32Array.from(Array(10).keys()) } }),
    'with an optimizer whose numbers change': () => ({ trainer: { optimizer: tf.train.adamax(0.05) } }),
    'with weights that a hook sets': () => ({ before: [halveWeights()] }),
    'with a weight that a hook freezes': (model) => ({ before: [freezeOne(model)] }),
    'with backups at each fifth step': () => ({
      before: [new BackupAndRestore(memoryStore(), { saveFreq: 5 })],
    }),
  };
  test.each(Object.entries(cases))('%s', async (_, createRun) => {
    const train = async (replay: boolean) => {
      const run = createRun(() => trainer.model);
      const trainer: Trainer = plainTrainer(run);
      const ended = await trainPlain(
        { ...run, options: { batchSize: 2, epochs: 4, ...run.options, replay } },
        trainer,
      );
      return { ended, status: trainer.replay };
    };
    const [normal, replayed] = [await train(false), await train(true)];
    expect(replayed.status).toEqual({ active: true, reason: undefined });
    expect(normal.status).toEqual({ active: false, reason: 'replay is false' });
    expect(replayed.ended.proof).toEqual(normal.ended.proof);
    expect(replayed.ended.calls).toEqual(normal.ended.calls);
  });
});

function halveWeights(): CallbackHooks {
  let view: { getWeights(): Promise<never>; setWeights(weights: never): void } | undefined;
  return {
    setModel: (model) => void (view = model as never),
    async onTrainBatchEnd(batch) {
      if (batch === 3) view?.setWeights(await view.getWeights());
    },
  };
}

/** Freezes the first weight in the second epoch. */
function freezeOne(getModel: () => Model): CallbackHooks {
  return {
    onEpochBegin(epoch) {
      if (epoch === 1) Object.assign(getModel().weights[0] as NamedWeight, { trainable: false });
    },
  };
}

test('evaluate and predict are replayed too, with the same bits', async () => {
  const trainer = plainTrainer();
  const results = [];
  for (const replay of [false, true]) {
    const logs = await trainer.evaluate(x, y, { batchSize: 2, verbose: 0, replay });
    const outputs = (await trainer.predict(x, { batchSize: 3, verbose: 0, replay })) as tf.Tensor;
    expect(trainer.replay.active).toBe(replay);
    results.push({ logs, outputs: [...outputs.dataSync()] });
    outputs.dispose();
  }
  expect(results[1]).toEqual(results[0]);
});

test('leaves no tensor, no kernel and no method of its own behind', async () => {
  const trainer = plainTrainer();
  await trainPlain({ options: { replay: true } }, trainer);
  const listKernels = () =>
    new Map(tf.getKernelsForBackend('cpu').map(({ kernelName, kernelFunc }) => [kernelName, kernelFunc]));
  const kernels = listKernels();
  const before = { ...tf.memory(), ids: tf.backend().numDataIds() };
  const methods = Object.keys(tf.backend());
  await trainPlain({ options: { replay: true } }, trainer);
  expect({ ...tf.memory(), ids: tf.backend().numDataIds() }).toEqual(before);
  expect(listKernels()).toEqual(kernels);
  expect(Object.keys(tf.backend())).toEqual(methods);
});

test('a registered kernel that is frozen is noted too, and is registered again afterwards', async () => {
  const former = tf.getKernel('Square', 'cpu');
  const frozen = Object.freeze({ ...former });
  const put = (kernel: tf.KernelConfig) => {
    tf.unregisterKernel('Square', 'cpu');
    tf.registerKernel(kernel);
  };
  put(frozen);
  try {
    const model = ownModel((input, kernel) => multiply(tf.square(input), kernel));
    const trainer = createTrainer(model);
    await trainer.fit(x, y, { ...options, replay: true });
    expect(trainer.replay).toEqual({ active: true, reason: undefined });
    expect(tf.getKernel('Square', 'cpu')).toBe(frozen);
  } finally {
    put(former);
  }
});

test('a kernel that a step registers, or copies while it is noted, stays as it is', async () => {
  const former = tf.getKernel('Square', 'cpu');
  let copied: tf.KernelConfig | undefined;
  const model = ownModel((input, kernel) => {
    copied = { ...tf.getKernel('Square', 'cpu') };
    tf.unregisterKernel('Square', 'cpu');
    tf.registerKernel(copied);
    return multiply(tf.square(input), kernel);
  });
  const trainer = createTrainer(model);
  try {
    await trainer.fit(x, y, { ...options, replay: true });
    expect(tf.getKernel('Square', 'cpu')).toBe(copied);
    const { numTensors } = tf.memory();
    expect([...tf.tidy(() => tf.square([3]).dataSync())]).toEqual([9]);
    expect(tf.memory().numTensors).toBe(numTensors);
  } finally {
    tf.unregisterKernel('Square', 'cpu');
    tf.registerKernel(former);
  }
});

describe('says why it does not replay', () => {
  test('the run is so short that recording takes longer than replaying saves', async () => {
    const model = ownModel(multiply, {
      describeRecording: () => ({ refusal: undefined, noise: [], findChange: () => undefined }),
    });
    const trainer = createTrainer(model);
    await trainer.fit(x, y, { ...options, epochs: 1 });
    expect(trainer.replay.reason).toContain('the run has few batches (8)');
    await trainer.fit(x, y, options);
    expect(trainer.replay).toEqual({ active: true, reason: undefined });
    await trainer.fit(x, y, { ...options, epochs: 1, replay: true });
    expect(trainer.replay).toEqual({ active: true, reason: undefined });
  });

  const fit = async (model: Model, replay: boolean | 'auto', more: Partial<TrainerOptions> = {}) => {
    const trainer = createTrainer(model, more);
    await trainer.fit(x, y, { ...options, replay });
    return trainer.replay;
  };
  test('the model is not known', async () => {
    expect(await fit(ownModel(multiply), 'auto')).toMatchObject({
      active: false,
      reason: expect.stringContaining('the model was not made from layers of tfjs'),
    });
    expect(warnings).toEqual([]);
  });
  test('a loss is not known', async () => {
    const loss = (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.mean(tf.square(tf.sub(yTrue, yPred)), -1);
    const known = ownModel(multiply, {
      describeRecording: () => ({ refusal: undefined, noise: [], findChange: () => undefined }),
    });
    expect(await fit(known, 'auto', { loss })).toMatchObject({
      reason: expect.stringContaining('keepfit does not know a loss'),
    });
    expect(await fit(known, true, { loss })).toEqual({ active: true, reason: undefined });
    expect(await fit(known, 'auto')).toEqual({ active: true, reason: undefined });
  });
  test.each<[string, (input: tf.Tensor, kernel: tf.Variable) => tf.Tensor, string]>([
    [
      'values are read into JavaScript',
      (input, kernel) => tf.mul(multiply(input, kernel), input.dataSync()[0] === 0 ? 1 : 2),
      'reads values of tensors into JavaScript',
    ],
    [
      'numbers of Math.random are used as they are',
      (input, kernel) => tf.mul(multiply(input, kernel), Math.random() < 2 ? 1 : 2),
      'draws random numbers',
    ],
    [
      'noise has another distribution',
      (input, kernel) => tf.add(multiply(input, kernel), tf.randomNormal([2, 1], 0.5, 3)),
      'draws random numbers otherwise',
    ],
    [
      'a kernel draws',
      (input, kernel) =>
        tf.add(
          multiply(input, kernel),
          tf.sum(tf.cast(tf.multinomial(tf.tensor1d([0.5, 0.5]), 3), 'float32')),
        ),
      'random numbers',
    ],
  ])('%s', async (_, call, reason) => {
    const normal = ownModel(call);
    const asked = ownModel(call);
    expect(await fit(normal, false)).toMatchObject({ reason: 'replay is false' });
    expect(await fit(asked, true)).toMatchObject({ active: false, reason: expect.stringContaining(reason) });
    expect(warnings.join()).toContain('replay is true, and');
    expect(await readWeights(asked)).toEqual(await readWeights(normal));
  });
});

describe('a planted fault is found', () => {
  test('before the first replay counts: the steps run normally, with one warning', async () => {
    const create = () => {
      let calls = 0;
      // `whereKernelIsNeeded` and evaluations call it too, so it counts by itself.
      return ownModel((input, kernel) => tf.mul(multiply(input, kernel), (calls += 1)));
    };
    const [normal, faulty] = [create(), create()];
    await createTrainer(normal).fit(x, y, { ...options, replay: false });
    const trainer = createTrainer(faulty);
    await trainer.fit(x, y, { ...options, replay: true });
    expect(trainer.replay).toMatchObject({ active: false, reason: expect.stringContaining('differed') });
    expect(warnings.filter((text) => text.includes('differed'))).toHaveLength(1);
    expect(await readWeights(faulty)).toEqual(await readWeights(normal));
  });
});

test('a variable that is no weight is an input: what a hook assigns counts at once', async () => {
  const results = [];
  for (const replay of [false, true]) {
    const annealed = tf.variable(tf.scalar(0.5));
    const model = ownModel((input, kernel) => tf.mul(multiply(input, kernel), annealed));
    const trainer = createTrainer(model);
    const assign = (batch: number) => tf.tidy(() => annealed.assign(tf.scalar(1 / (batch + 1))));
    await trainer.fit(x, y, { ...options, replay, callbacks: { onTrainBatchEnd: assign } });
    expect(trainer.replay.active).toBe(replay);
    results.push(await readWeights(model));
  }
  expect(results[1]).toEqual(results[0]);
});

test('two inputs may be one tensor in some batches', async () => {
  const results = [];
  for (const replay of [false, true]) {
    const model = ownModel(() => tf.scalar(0), {});
    const [{ variable }] = model.weights as [NamedWeight];
    const both: Model = {
      ...model,
      inputNames: ['a', 'b'],
      call: (inputs) => {
        const [a, b] = inputs as [tf.Tensor, tf.Tensor];
        return tf.sub(multiply(a, variable), tf.mul(multiply(b, variable), 0.5));
      },
    };
    const trainer = createTrainer(both);
    const batches = async function* () {
      for (let batch = 0; batch < 12; batch++) {
        const [a, b] = [tf.fill([2, 3], batch / 7), tf.fill([2, 3], batch / 5)];
        yield { xs: batch % 2 === 0 ? [a, a] : [a, b], ys: tf.ones([2, 1]) };
      }
    };
    await trainer.fit(batches as never, { epochs: 2, seed: 1, verbose: 0, replay });
    results.push(await readWeights(both));
  }
  expect(results[1]).toEqual(results[0]);
});
