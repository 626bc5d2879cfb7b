import { BackupAndRestore } from '@keepfit/callbacks';
import { cpuBackend } from '@keepfit/backend-cpu';
import { type Phase, Trainer, useBackend } from '@keepfit/fit';
import { binaryAccuracy } from '@keepfit/fit/metrics';
import { memoryStore } from '@keepfit/store-memory';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { caught } from '../helpers/caught.js';
import { plainData } from '../helpers/plain-data.js';
import { storedTraining } from '../helpers/stored.js';
import { ganPhases, ganTrainer, trainGan } from '../helpers/train-gan.js';
import { labelLoss, twoPartModel, type TwoPartModel } from '../helpers/two-part-model.js';

const { x, y } = plainData(8);
const quiet = { verbose: 0, seed: 3, batchSize: 4 } as const;

beforeAll(() => useBackend(cpuBackend()));

/** One phase that trains the discriminator to tell y. */
function judgePhase({ judge }: ReturnType<typeof twoPartModel>, more: Partial<Phase> = {}): Phase {
  return {
    name: 'judge',
    optimizer: tf.train.sgd(0.1),
    weights: 'discriminator',
    loss: (batch) => tf.mean(tf.losses.sigmoidCrossEntropy(batch.y, judge(batch.x))),
    ...more,
  };
}

describe('phases', () => {
  test.each<[string, (x: tf.Tensor) => tf.Tensor, (x: tf.Tensor) => tf.Tensor]>([
    ['tanh', tf.tanh, (at) => tf.sub(1, tf.square(tf.tanh(at)))],
    ['sigmoid', tf.sigmoid, (at) => tf.mul(tf.sigmoid(at), tf.sub(1, tf.sigmoid(at)))],
    ['exp', tf.exp, tf.exp],
    [
      'logSoftmax',
      (at) => tf.slice(tf.logSoftmax(tf.concat([at, tf.zerosLike(at)], 1)), [0, 0], [-1, 1]),
      (at) => tf.sigmoid(tf.neg(at)),
    ],
  ])(
    'may have the gradient of %s in the loss, and take the right gradient of it',
    async (_, compute, derivative) => {
      const train = async (slope: (parts: TwoPartModel, points: tf.Tensor) => tf.Tensor) => {
        const parts = twoPartModel(1);
        const phase = judgePhase(parts, { loss: (batch) => tf.mean(tf.square(slope(parts, batch.x))) });
        await new Trainer(parts, { phases: [phase] }).fit(x, { ...quiet, batchSize: 8, shuffle: false });
        return [...(parts.variables['discriminator/kernel'] as tf.Variable).dataSync()];
      };
      const nested = await train((parts, points) =>
        tf.grad((at) => tf.sum(compute(parts.judge(at))))(points),
      );
      const written = await train((parts, points) =>
        tf.mul(
          derivative(parts.judge(points)),
          tf.transpose(parts.variables['discriminator/kernel'] as tf.Tensor),
        ),
      );
      nested.forEach((value, index) => expect(value).toBeCloseTo(written[index] ?? NaN, 5));
    },
  );

  test('end the same after crashes at every step as without one', async () => {
    const whole = await trainGan();
    expect(whole.history.epoch).toEqual([0, 1]);
    for (const crashes of [[1], [2], [3, 1]])
      expect(await trainGan(crashes), `crashes ${crashes.join()}`).toEqual(whole);
  });

  test('log the loss of each, their sum as loss, and the logs that they return', async () => {
    const { history } = await trainGan();
    const { loss, generator_loss: generator, discriminator_loss: discriminator, real } = history.history;
    expect(Object.keys(history.history).sort()).toEqual([
      'discriminator_loss',
      'generator_loss',
      'loss',
      'real',
    ]);
    expect(real).toHaveLength(2);
    loss?.forEach((sum, epoch) =>
      expect(sum).toBeCloseTo((generator?.[epoch] ?? NaN) + (discriminator?.[epoch] ?? NaN), 5),
    );
  });

  test('train only their own weights, each before the next one computes', async () => {
    const model = twoPartModel(1);
    const seen: boolean[] = [];
    const before = model.variables['discriminator/kernel']?.dataId;
    const [discriminator, generator] = ganPhases(model) as [Phase, Phase];
    const watching: Phase = {
      ...generator,
      loss: (batch, context) => {
        seen.push(model.variables['discriminator/kernel']?.dataId !== before);
        return generator.loss(batch, context);
      },
    };
    const frozen = model.variables['ema/kernel']?.dataId;
    await new Trainer(model, { phases: [discriminator, watching] }).fit(x, { ...quiet, batchSize: 8 });
    expect(seen).toEqual([true]);
    expect(model.variables['ema/kernel']?.dataId).toBe(frozen);
  });

  test('of one have the bits of the compiled training with the same loss', async () => {
    const compiled = twoPartModel(4);
    const loss = (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.losses.sigmoidCrossEntropy(yTrue, yPred);
    const judged = {
      ...compiled,
      call: (inputs: tf.Tensor | tf.Tensor[]) => compiled.judge(inputs as tf.Tensor),
    };
    const frozen = judged.weights.map((weight) => ({ ...weight, trainable: weight.name.startsWith('disc') }));
    const history = await new Trainer(
      { ...judged, weights: frozen },
      { optimizer: tf.train.sgd(0.1), loss },
    ).fit(x, y, quiet);
    const phased = twoPartModel(4);
    const other = await new Trainer(phased, { phases: [judgePhase(phased)] }).fit(x, y, quiet);
    expect(other.history).toEqual(history.history);
    for (const [name, variable] of Object.entries(compiled.variables))
      expect(phased.variables[name]?.dataSync()).toEqual(variable.dataSync());
  });

  test('report metrics of the outputs that one returns, also in validation, which updates nothing', async () => {
    const model = twoPartModel(2);
    const trainings: boolean[] = [];
    const phase = judgePhase(model, {
      loss: ({ x: inputs, y: targets }, { training }) => {
        trainings.push(training);
        const outputs = tf.sigmoid(model.judge(inputs));
        return { loss: tf.mean(tf.squaredDifference(targets, outputs)), outputs, logs: { half: 0.5 } };
      },
    });
    const trainer = new Trainer(model, { phases: [phase], metrics: ['mse', 'accuracy', 'auc'] });
    const { history } = await trainer.fit(x, y, { ...quiet, validationData: [x, y] });
    const keys = ['accuracy', 'auc', 'half', 'loss', 'mse'];
    expect(Object.keys(history).sort()).toEqual([...keys, ...keys.map((key) => `val_${key}`)].sort());
    expect(trainings).toEqual([true, true, false, false]);
    const logs = await trainer.evaluate(x, y, { verbose: 0, batchSize: 4 });
    expect(logs.loss).toBe(history['val_loss']?.[0]);
    expect(logs['mse']).toBeCloseTo(logs.loss, 6);
  });

  test('validate on inputs alone, and on batches without targets', async () => {
    const trainer = ganTrainer(twoPartModel(1));
    const batches = () => [{ xs: tf.zeros([2, 3]) }, { xs: tf.ones([2, 3]) }];
    const { history } = await trainer.fit(batches, { ...{ verbose: 0, seed: 1 }, validationData: [x] });
    expect(history['val_generator_loss']).toHaveLength(1);
    expect(Object.keys(await trainer.trainOnBatch(x, undefined))).toContain('generator_loss');
    expect(Object.keys(await trainer.testOnBatch(x, undefined))).toContain('generator_loss');
    expect(Object.keys(await trainer.evaluate(x, { verbose: 0 }))).toContain('discriminator_loss');
  });

  test('leave no tensor', async () => {
    const model = twoPartModel(1);
    const trainer = ganTrainer(model);
    await trainer.fit(x, { ...quiet, epochs: 1 });
    const { numTensors } = tf.memory();
    await trainer.fit(x, { ...quiet, epochs: 2, validationData: [x] });
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});

describe('a checkpoint of several optimizers', () => {
  test('has each under the name of its phase, with its rate', async () => {
    const store = memoryStore();
    const model = twoPartModel(1);
    const callbacks = new BackupAndRestore(store, { deleteCheckpoint: false });
    await ganTrainer(model).fit(x, { ...quiet, callbacks });
    const { state, tensors } = await storedTraining(store);
    expect(state['learningRates']).toMatchObject({ generator: 0.05 });
    expect(Object.keys(state['optimizers'] as object)).toEqual(['discriminator', 'generator']);
    expect(state['optimizer']).toBeUndefined();
    expect([...tensors.keys()].filter((name) => name.startsWith('optimizers/generator/'))).toContain(
      'optimizers/generator/accumulations/generator/kernel',
    );
    expect(state['fingerprint']).toMatchObject({
      optimizers: { generator: { class: 'Momentum', weights: ['generator/kernel', 'generator/bias'] } },
    });
  });

  test('is a mismatch if another loss, other weights or another optimizer are given', async () => {
    const store = memoryStore();
    const callbacks = () => new BackupAndRestore(store, { deleteCheckpoint: false });
    const fit = (change: (phases: Phase[]) => Phase[]) => {
      const model = twoPartModel(1);
      return new Trainer(model, { phases: change(ganPhases(model)) }).fit(x, {
        ...quiet,
        callbacks: callbacks(),
      });
    };
    await fit((phases) => phases);
    const changes: [RegExp, (phases: Phase[]) => Phase[]][] = [
      [
        /objective\.phases\.generator/,
        ([a, b]) => [a as Phase, { ...(b as Phase), loss: () => tf.scalar(0) }],
      ],
      [
        /optimizers\.generator\.weights/,
        ([a, b]) => [a as Phase, { ...(b as Phase), weights: 'generator/kernel' }],
      ],
      [
        /optimizers\.generator\.class/,
        ([a, b]) => [a as Phase, { ...(b as Phase), optimizer: tf.train.sgd(0.05) }],
      ],
      [/objective\.order\[0\]: saved "discriminator"/, ([a, b]) => [b as Phase, a as Phase]],
      [/optimizers\.(generator|other)/, ([a, b]) => [a as Phase, { ...(b as Phase), name: 'other' }]],
    ];
    for (const [item, change] of changes) {
      const error = await caught(fit(change));
      expect(error.code).toBe('KEEPFIT_CHECKPOINT_MISMATCH');
      expect(error.message).toMatch(item);
    }
  });

  test('is a mismatch if a metric has another option', async () => {
    const store = memoryStore();
    const fit = (threshold: number) => {
      const model = twoPartModel(1);
      const callbacks = new BackupAndRestore(store, { deleteCheckpoint: false });
      const metrics = [binaryAccuracy({ threshold })];
      const phase = judgePhase(model, {
        loss(batch) {
          const outputs = model.judge(batch.x);
          return { loss: labelLoss(outputs, 1), outputs };
        },
      });
      return new Trainer(model, { phases: [phase], metrics }).fit(x, y, { ...quiet, callbacks });
    };
    await fit(0.4);
    expect((await caught(fit(0.6))).message).toMatch(
      /Differences:\n  objective\.metrics\[0\]\[0\]\.binaryAccuracy\.threshold: saved 0\.4, now 0\.6\n(?!  )/,
    );
  });

  test('lets a callback read and set each rate, and refuses to guess which one is meant', async () => {
    const store = memoryStore();
    const rates: (number | undefined)[] = [];
    const decay = {
      model: undefined as never as { optimizers: Record<string, { learningRate: number }> },
      setModel(model: unknown) {
        this.model = model as typeof this.model;
      },
      onEpochEnd(epoch: number) {
        const { generator } = this.model.optimizers;
        if (generator !== undefined) generator.learningRate = 0.01 / (epoch + 1);
        rates.push(generator?.learningRate);
      },
    };
    const trainer = ganTrainer(twoPartModel(1));
    const callbacks = [decay, new BackupAndRestore(store, { deleteCheckpoint: false })];
    await trainer.fit(x, { ...quiet, epochs: 2, callbacks });
    expect(rates).toEqual([0.01, 0.005]);
    expect((await storedTraining(store)).state['learningRates']).toMatchObject({ generator: 0.005 });
    expect(() => trainer.learningRate).toThrow(/several optimizers \(discriminator, generator\)/);
    const reads = {
      ...decay,
      onEpochEnd: () => void (decay.model as never as { learningRate: number }).learningRate,
    };
    const error = await caught(ganTrainer(twoPartModel(1)).fit(x, { ...quiet, callbacks: [reads] }));
    expect(String((error.cause as Error | undefined)?.message ?? error.message)).toMatch(
      /optimizers|undefined/,
    );
  });
});

describe('a phase is refused', () => {
  const model = () => twoPartModel(1);
  test.each<[string, RegExp, (parts: ReturnType<typeof twoPartModel>) => Partial<Phase>]>([
    [
      'if its loss is a promise',
      /must be synchronous/,
      () => ({ loss: (async () => tf.scalar(1)) as never }),
    ],
    [
      'if its loss is no scalar',
      /must be a scalar, not a tensor of the shape \[4, 1\]/,
      ({ judge }) => ({ loss: (batch) => judge(batch.x) }),
    ],
    ['if its loss is a number', /must return a scalar tensor/, () => ({ loss: () => 1 as never })],
    [
      'if its loss does not depend on its weights',
      /does not depend on the weights/,
      () => ({ loss: () => tf.scalar(1) }),
    ],
    [
      'if its loss writes weights',
      /changed the weight "generator\/bias"/,
      ({ judge, variables }) => ({
        loss: (batch) => {
          variables['generator/bias']?.assign(tf.ones([3]));
          return labelLoss(judge(batch.x), 1);
        },
      }),
    ],
    [
      'if its loss keeps tensors',
      /keeps tensors from step to step \(1 at this one\)/,
      ({ judge }) => ({
        loss: (batch) => {
          tf.keep(tf.zeros([1]));
          return labelLoss(judge(batch.x), 1);
        },
      }),
    ],
    [
      "if it writes the trainer's own log",
      /a log "loss"/,
      ({ judge }) => ({ loss: (batch) => ({ loss: labelLoss(judge(batch.x), 1), logs: { loss: 1 } }) }),
    ],
    [
      'if it writes a log of validation',
      /a log "val_loss".*val_ begins the logs of validation/,
      ({ judge }) => ({ loss: (batch) => ({ loss: labelLoss(judge(batch.x), 1), logs: { val_loss: 1 } }) }),
    ],
    [
      'if it returns what would be ignored',
      /returned "output", which would be ignored/,
      ({ judge }) => ({
        loss: (batch) => ({ loss: labelLoss(judge(batch.x), 1), output: judge(batch.x) }),
      }),
    ],
    [
      'if its outputs are no tensors',
      /outputs as a tensor, or as a list of tensors/,
      ({ judge }) => ({
        loss: (batch) => ({ loss: labelLoss(judge(batch.x), 1), outputs: { a: judge(batch.x) } as never }),
      }),
    ],
    [
      'if tfjs has no gradient of an operation in it',
      /phase "judge" needs the gradient of EluGrad.*a gradient of a gradient/,
      ({ judge }) => ({
        loss: (batch) => tf.mean(tf.square(tf.grad((at) => tf.sum(tf.elu(judge(at))))(tf.mul(batch.x, -1)))),
      }),
    ],
    [
      'if it reads targets that there are not',
      /the data have no targets/,
      ({ judge }) => ({ loss: (batch) => tf.add(labelLoss(judge(batch.x), 1), tf.mean(batch.y)) }),
    ],
  ])('%s', async (_, message, change) => {
    const parts = model();
    const { numTensors } = tf.memory();
    const trainer = new Trainer(parts, { phases: [judgePhase(parts, change(parts))] });
    const error = await caught(trainer.fit(x, quiet));
    expect(error.message).toMatch(message);
    expect(error.code).toMatch(/^KEEPFIT_INVALID_(OPTION|DATA)$/);
    // The sgd of tfjs keeps its rate, and one test keeps two tensors itself.
    expect(tf.memory().numTensors).toBeLessThanOrEqual(numTensors + 3);
  });

  test.each<[string, RegExp, (phase: Phase) => unknown]>([
    ['if there is none', /at least one/, () => []],
    [
      'if its weights match nothing',
      /match no weight of the model: "critic".*the model has generator\/kernel/,
      (phase) => [{ ...phase, weights: 'critic' }],
    ],
    [
      'if a part of its weights matches nothing',
      /"criti"/,
      (phase) => [{ ...phase, weights: ['discriminator', 'criti'] }],
    ],
    ['if a name is not one', /a name of letters/, (phase) => [{ ...phase, name: 'a/b' }]],
    ['if its log is one of validation', /"val_loss"/, (phase) => [{ ...phase, name: 'val' }]],
    ['if an option is misspelt', /no option "weight"/, (phase) => [{ ...phase, weight: 1 }]],
    ['if its optimizer is that of another', /one for each/, (phase) => [phase, { ...phase, name: 'b' }]],
    [
      'if its name is that of another',
      /two phases have the name "judge"/,
      (phase) => [phase, { ...phase, optimizer: tf.train.sgd(1) }],
    ],
    ['without a loss', /must have name and loss/, ({ name, optimizer }) => [{ name, optimizer }]],
  ])('%s', (_, message, change) => {
    const parts = model();
    expect(() => new Trainer(parts, { phases: change(judgePhase(parts)) as Phase[] })).toThrow(message);
  });

  test('if another one returns the same log, and one log would be lost', async () => {
    const parts = model();
    const loss: Phase['loss'] = ({ x: points }) => ({
      loss: labelLoss(parts.judge(points), 1),
      logs: { real: 1 },
    });
    const phases = ['a', 'b'].map((name) => judgePhase(parts, { name, optimizer: tf.train.sgd(0.1), loss }));
    const error = await caught(new Trainer(parts, { phases }).fit(x, quiet));
    expect(error.message).toMatch(/the phases "a" and "b" both returned a log "real"/);
  });

  test('if it writes a variable that is no weight of the model', async () => {
    const parts = model();
    const scale = tf.variable(tf.scalar(1), false, 'scale');
    const loss: Phase['loss'] = (batch) => {
      scale.assign(tf.mul(scale, 0.5));
      return tf.mul(scale, labelLoss(parts.judge(batch.x), 1));
    };
    const phased = new Trainer(parts, { phases: [judgePhase(parts, { loss })] });
    const message = /judge" changed the variable "scale", which is no weight of the model/;
    expect((await caught(phased.fit(x, quiet))).message).toMatch(message);
    const weights = [...parts.weights, { name: 'scale', variable: scale, trainable: false }];
    const trainer = new Trainer(
      { ...parts, weights },
      { phases: [judgePhase(parts, { loss: (batch) => tf.mul(scale, labelLoss(parts.judge(batch.x), 1)) })] },
    );
    const onTrainBatchEnd = () => tf.tidy(() => scale.assign(tf.mul(scale, 0.5)));
    await trainer.fit(x, { ...quiet, callbacks: [{ onTrainBatchEnd }] });
    scale.dispose();
  });

  test('if its data come by name, which the model need not have', async () => {
    const parts = model();
    const trainer = new Trainer(parts, { phases: [judgePhase(parts)] });
    const error = await caught(trainer.fit({ a: x }, { b: y }, quiet));
    expect(error.message).toMatch(
      /^KEEPFIT_INVALID_DATA: x is a record, and a step of your own .*give a list/,
    );
    for (const batch of [{ xs: { a: x } }, { xs: x, ys: { b: y } }]) {
      const named = await caught(trainer.fit(() => [batch as never], { verbose: 0 }));
      expect(named.message).toMatch(/^KEEPFIT_INVALID_DATA: [xy]s is a record, and a step of your own/);
    }
  });

  test('if a metric has the log key of its loss', () => {
    const parts = model();
    const phases = ['a', 'b'].map((name) => judgePhase(parts, { name, optimizer: tf.train.sgd(0.1) }));
    const named = (name: string) => Object.defineProperty(() => tf.scalar(0), 'name', { value: name });
    for (const key of ['b_loss', 'loss'])
      expect(() => new Trainer(parts, { phases, metrics: [named(key)] })).toThrow(
        `two losses or metrics log "${key}"`,
      );
    expect(() => new Trainer(parts, { optimizer: 'sgd', loss: 'mse', metrics: [named('loss')] })).toThrow(
      'two losses or metrics log "loss"',
    );
  });

  test('weights may be chosen by a function, by variables, or by what has them', async () => {
    const parts = model();
    const named = Object.fromEntries(parts.weights.map((weight) => [weight.name, weight]));
    const chosen = [
      ({ name }: { name: string }) => name.startsWith('discriminator'),
      parts.variables['discriminator/kernel'],
      { weights: [named['discriminator/kernel'], { val: parts.variables['discriminator/bias'] }] },
      ['discriminator/', named['discriminator/bias']],
    ] as NonNullable<Phase['weights']>[];
    for (const weights of chosen) {
      const before = parts.variables['discriminator/kernel']?.dataId;
      await new Trainer(parts, { phases: [judgePhase(parts, { weights })] }).fit(x, y, quiet);
      expect(parts.variables['discriminator/kernel']?.dataId).not.toBe(before);
    }
  });
});
