import { cpuBackend } from '@keepfit/backend-cpu';
import { type OwnStepTrainerOptions, type PhasedTrainerOptions, Trainer, useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { caught } from '../helpers/caught.js';
import { plainData } from '../helpers/plain-data.js';
import { type MakeTrainer, trainGan } from '../helpers/train-gan.js';
import { labelLoss, NOISE, type TwoPartModel, twoPartModel } from '../helpers/two-part-model.js';

const { x, y } = plainData(8);
const quiet = { verbose: 0, seed: 3, batchSize: 4 } as const;

beforeAll(() => useBackend(cpuBackend()));

/** Clips the critic's gradients, trains it twice a step, and keeps an average of the generator in a weight. */
function ganStep({ generate, judge, variables }: TwoPartModel): OwnStepTrainerOptions {
  return {
    optimizers: {
      critic: { optimizer: tf.train.rmsprop(0.01), weights: 'discriminator' },
      generator: { optimizer: tf.train.adam(0.01), weights: 'generator' },
    },
    trainStep({ x: real, size }, { random, gradients, apply, minimize }) {
      let critic: tf.Scalar | undefined;
      for (let round = 0; round < 2; round++) {
        const fake = generate(random.normal([size, NOISE]));
        const found = gradients('critic', () => tf.sub(tf.mean(judge(fake)), tf.mean(judge(real))));
        critic = found.loss;
        const clipped = Object.entries(found.gradients).map(([name, gradient]) => [
          name,
          tf.clipByValue(gradient, -0.1, 0.1),
        ]);
        apply('critic', Object.fromEntries(clipped) as Record<string, tf.Tensor>);
      }
      const loss = minimize('generator', () =>
        labelLoss(judge(generate(random.uniform([size, NOISE], -1, 1))), 1),
      );
      const [average, kernel] = [variables['ema/kernel'], variables['generator/kernel']];
      if (average !== undefined && kernel !== undefined)
        average.assign(tf.add(tf.mul(average, 0.9), tf.mul(kernel, 0.1)));
      return { loss, critic_loss: critic ?? NaN };
    },
    testStep: ({ x: real }, { random }) => ({ loss: labelLoss(judge(real), 1), noise: random.next() }),
  };
}

const makeTrainer: MakeTrainer = (model) => new Trainer(model, ganStep(model));

describe('trainStep', () => {
  test('ends the same after crashes as without one, weights that it assigns included', async () => {
    const whole = await trainGan([], makeTrainer);
    for (const crashes of [[1], [3, 1]])
      expect(await trainGan(crashes, makeTrainer), `crashes ${crashes.join()}`).toEqual(whole);
    expect(Object.keys(whole.history.history).sort()).toEqual(['critic_loss', 'loss']);
    expect(whole.weights['ema/kernel']?.some((value) => value !== 0)).toBe(true);
  });

  test('validates by testStep, which is the same each time, and leaves no tensor', async () => {
    const model = twoPartModel(1);
    const trainer = makeTrainer(model);
    await trainer.fit(x, quiet);
    const { numTensors } = tf.memory();
    const { history } = await trainer.fit(x, { ...quiet, epochs: 2, validationData: [x] });
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(history['val_noise']?.[0]).toBe(history['val_noise']?.[1]);
    expect(history['val_loss']?.[0]).not.toBe(history['val_loss']?.[1]);
  });

  test('by minimize has the bits of a phase with the same loss', async () => {
    type Options = OwnStepTrainerOptions | PhasedTrainerOptions;
    const train = async (plan: (model: TwoPartModel) => Options) => {
      const model = twoPartModel(6);
      await new Trainer(model, plan(model)).fit(x, y, quiet);
      return Object.values(model.variables).map((variable) => [...variable.dataSync()]);
    };
    const loss = ({ judge }: TwoPartModel, inputs: tf.Tensor) => labelLoss(judge(inputs), 1);
    const weights = 'discriminator';
    const phased = await train((model) => ({
      phases: [
        { name: 'judge', optimizer: tf.train.adam(0.1), weights, loss: (batch) => loss(model, batch.x) },
      ],
    }));
    const own = (apart: boolean) =>
      train((model) => ({
        optimizers: { judge: { optimizer: tf.train.adam(0.1), weights } },
        trainStep(batch, { minimize, gradients, apply }) {
          const compute = () => loss(model, batch.x);
          if (!apart) return { loss: minimize('judge', compute) };
          const found = gradients('judge', compute);
          apply('judge', found.gradients);
          return { loss: found.loss };
        },
      }));
    expect(await own(false)).toEqual(phased);
    expect(await own(true)).toEqual(phased);
  });

  test('may report no loss, and takes optimizers by name', async () => {
    const model = twoPartModel(1);
    const trainer = new Trainer(model, {
      optimizers: { all: 'adam' },
      trainStep: ({ x: inputs }, { minimize }) => {
        minimize('all', () => labelLoss(model.judge(inputs), 1));
        return { seen: 1 };
      },
    });
    expect((await trainer.fit(x, quiet)).history).toEqual({ seen: [1] });
    expect(trainer.learningRate).toBe(0.001);
  });

  test.each<[string, RegExp, OwnStepTrainerOptions['trainStep']]>([
    ['a promise', /trainStep must be synchronous/, (async () => ({})) as never],
    ['a tensor', /trainStep must return logs/, (() => tf.scalar(1)) as never],
    ['a vector', /the log "a" of trainStep must be a scalar/, () => ({ a: tf.zeros([2]) })],
    [
      'an unknown optimizer',
      /names the optimizer "b"; there is a/,
      (_, { minimize }) => ({ loss: minimize('b', () => tf.scalar(1)) }),
    ],
    [
      'a loss without a gradient',
      /optimizer "a" does not depend on the weights that it is to train/,
      (_, { minimize }) => ({ loss: minimize('a', () => tf.scalar(1)) }),
    ],
    [
      'gradients of a loss without any',
      /KEEPFIT_INVALID_OPTION.*optimizer "a" does not depend on the weights/,
      (_, { gradients }) => ({ loss: gradients('a', () => tf.scalar(1)).loss }),
    ],
    [
      'a gradient of another weight',
      /gradient for "c"/,
      (_, { apply }) => {
        apply('a', { c: tf.scalar(1) });
        return {};
      },
    ],
    [
      'a gradient of another shape',
      /shape \[2\]; the weight has the shape \[3\]/,
      (_, { apply }) => {
        apply('a', { 'generator/bias': tf.zeros([2]) });
        return {};
      },
    ],
    [
      'tensors that are kept',
      /trainStep keeps tensors/,
      () => {
        tf.keep(tf.zeros([1]));
        return { loss: 1 };
      },
    ],
  ])('refuses %s', async (_, message, trainStep) => {
    const trainer = new Trainer(twoPartModel(1), { optimizers: { a: tf.train.sgd(1) }, trainStep });
    expect((await caught(trainer.fit(x, quiet))).message).toMatch(message);
  });

  test('refuses a variable that is no weight of the model, if it is written by the step or in a loss', async () => {
    const model = twoPartModel(1);
    const count = tf.variable(tf.scalar(0), false, 'count');
    const add = () => count.assign(tf.add(count, 1));
    const judged = (inputs: tf.Tensor) => labelLoss(model.judge(inputs), 1);
    const steps: OwnStepTrainerOptions['trainStep'][] = [
      (batch, { minimize }) => {
        add();
        return { loss: minimize('a', () => judged(batch.x)) };
      },
      (batch, { minimize }) => ({ loss: minimize('a', () => (add(), judged(batch.x))) }),
    ];
    for (const trainStep of steps) {
      const trainer = new Trainer(model, { optimizers: { a: tf.train.adam(0.1) }, trainStep });
      const error = await caught(trainer.fit(x, quiet));
      expect(error.message).toMatch(/changed the variable "count", which is no weight of the model/);
    }
    count.dispose();
  });

  test('refuses an evaluation without testStep, and one that changes weights', async () => {
    const model = twoPartModel(1);
    const step = { optimizers: { a: 'sgd' }, trainStep: () => ({ loss: 1 }) } as const;
    const error = await caught(new Trainer(model, step).evaluate(x, { verbose: 0 }));
    expect(error.message).toMatch(/evaluated without testStep/);
    const testStep = () => {
      model.variables['ema/kernel']?.assign(tf.ones([NOISE, 3]));
      return { loss: 1 };
    };
    const changed = await caught(new Trainer(model, { ...step, testStep }).evaluate(x, { verbose: 0 }));
    expect(changed.message).toMatch(/testStep changed the weight "ema\/kernel"/);
    expect(() => new Trainer(model, { ...step, optimizers: {} })).toThrow(/needs optimizers by name/);
    const misspelt = { a: { optimizer: 'sgd', weight: 'generator' } } as const;
    expect(() => new Trainer(model, { ...step, optimizers: misspelt })).toThrow(/no option "weight"/);
  });
});

test('random numbers depend on the seed and the step alone', async () => {
  const draw = async (skip: number) => {
    const model = twoPartModel(1);
    const drawn: unknown[] = [];
    const trainer = new Trainer(model, {
      optimizers: { a: 'sgd' },
      trainStep: (_, { random }) => {
        for (let index = 0; index < skip; index++) Math.random();
        drawn.push([...random.integer([5], 2, 5).dataSync()], random.normal([2]).arraySync(), random.next());
        return { loss: 1 };
      },
    });
    await trainer.fit(x, quiet);
    return drawn;
  };
  const first = await draw(0);
  expect(await draw(0)).toEqual(first);
  expect(first[0]).not.toEqual(first[3]);
  expect((first[0] as number[]).every((value) => value >= 2 && value < 5)).toBe(true);
});
