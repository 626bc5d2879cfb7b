import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CallbackHooks, type CheckpointStore } from '@keepfit/callbacks';
import { type FitOptions, Trainer, type TrainerOptions, useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import { beforeAll, describe, expect, test } from 'vitest';
import { caught } from './helpers/caught.js';
import { plainData } from './helpers/plain-data.js';
import { plainModel } from './helpers/plain-model.js';
import { plainTrainer } from './helpers/train-plain.js';
import { weightsOf } from './helpers/weights-of.js';

beforeAll(() => useBackend(cpuBackend()));

const data = plainData(10);

/**
 * A bad value for an option, and the words that its error must have: the option, what came, what would do.
 */
type Bad = readonly [option: string, value: unknown, came: string, wanted: RegExp];

const FIT: readonly Bad[] = [
  ['batchSize', 0, '0', /a positive integer/],
  ['batchSize', 2.5, '2.5', /a positive integer/],
  ['batchSize', '32', '"32"', /a positive integer/],
  ['batchSize', null, 'null', /a positive integer/],
  ['epochs', -1, '-1', /an integer from 0/],
  ['epochs', NaN, 'NaN', /an integer from 0/],
  ['epochs', Infinity, 'Infinity', /an integer from 0/],
  ['initialEpoch', -1, '-1', /an integer from 0/],
  ['stepsPerEpoch', 0, '0', /a positive integer/],
  ['shuffle', 'batch', '"batch"', /true or false/],
  ['seed', -1, '-1', /an integer from 0 to 2\^53 - 1/],
  ['seed', 2 ** 53, '9007199254740992', /an integer from 0 to 2\^53 - 1/],
  ['seed', 'seven', '"seven"', /an integer from 0 to 2\^53 - 1/],
  ['validationSplit', 1, '1', /a number from 0 to below 1/],
  ['validationSplit', -0.1, '-0.1', /a number from 0 to below 1/],
  ['validationSplit', NaN, 'NaN', /a number from 0 to below 1/],
  ['validationData', { x: 1 }, '{"x":1}', /\[x, y\], \[x, y, sampleWeight\]/],
  ['validationData', [1], '[1]', /\[x, y\], \[x, y, sampleWeight\]/],
  ['validationFreq', 0, '0', /a positive integer, or a list of them/],
  ['validationFreq', [1, 0], '[1,0]', /a positive integer, or a list of them/],
  ['validationBatchSize', 0, '0', /a positive integer/],
  ['validationSteps', 0.5, '0.5', /a positive integer/],
  ['verbose', 3, '3', /0, 1, 2 or 'auto'/],
  ['verbose', true, 'true', /0, 1, 2 or 'auto'/],
  ['callbacks', 5, '5', /a callback or a list of callbacks/],
  ['callbacks', () => undefined, 'a function', /a callback or a list of callbacks/],
  ['callbacks', null, 'null', /a callback or a list of callbacks/],
  ['yieldEvery', -1, '-1', /a number of milliseconds/],
];

describe('fit refuses', () => {
  test.each(FIT)('%s: %s', async (option, value, came, wanted) => {
    const trainer = plainTrainer();
    const before = JSON.stringify(weightsOf(trainer));
    const error = await caught(trainer.fit(data.x, data.y, { verbose: 0, [option]: value } as FitOptions));
    expect(error.code).toBe('KEEPFIT_INVALID_OPTION');
    expect(error.message).toMatch(new RegExp(`^KEEPFIT_INVALID_OPTION: ${option} of fit must be `));
    expect(error.message).toMatch(wanted);
    expect(error.message.endsWith(`, not ${came}`), error.message).toBe(true);
    expect(JSON.stringify(weightsOf(trainer))).toBe(before);
  });

  test('an option that there is not, and names those there are', async () => {
    const error = await caught(plainTrainer().fit(data.x, data.y, { batch_size: 3 } as FitOptions));
    expect(error.message).toMatch(
      /^KEEPFIT_INVALID_OPTION: fit has no option "batch_size"; it has .*batchSize.*callbacks/,
    );
  });

  test.each([null, [], 5, 'epochs'])('options that are no object: %s', async (options) => {
    const error = await caught(plainTrainer().fit(data.x, data.y, options as FitOptions));
    expect(error.message).toMatch(/^KEEPFIT_INVALID_OPTION: the options of fit must be an object, not /);
  });

  test('a validationSplit that leaves nothing to train or to validate on', async () => {
    for (const validationSplit of [0.999, 1e-17]) {
      const error = await caught(plainTrainer().fit(data.x, data.y, { validationSplit, verbose: 0 }));
      expect(error.message).toMatch(
        new RegExp(`^KEEPFIT_INVALID_OPTION: validationSplit ${validationSplit} of 10 samples`),
      );
    }
  });

  test.each([
    ['no object', 5, /callbacks\[1\] must be an object with hooks such as onEpochEnd, not 5/],
    ['null', null, /callbacks\[1\] must be an object with hooks such as onEpochEnd, not null/],
    ['a class instead of an instance', class Mine {}, /callbacks\[1\] must be an object with hooks/],
    ['a state without a name', { getState: () => ({}) }, /callbacks\[1\] has getState but no name/],
    ['a list', [{}], /callbacks\[1\] must be an object with hooks/],
    [
      'without a hook',
      { onEpochEnded: () => undefined },
      /callbacks\[1\] has no hook.*: it has onEpochEnded/,
    ],
  ])('a callback that is %s', async (_what, callback, message) => {
    const error = await caught(
      plainTrainer().fit(data.x, data.y, { verbose: 0, callbacks: [{}, callback as object] }),
    );
    expect(error.code).toBe('KEEPFIT_INVALID_OPTION');
    expect(error.message).toMatch(message);
  });

  test.each([
    ['a Set of callbacks', () => new Set([{}]), /callbacks must be an object with hooks.*not a Set/],
    ['a promise of a callback', () => Promise.resolve({}), /callbacks must be .*not a Promise/],
    ['no hook', () => ({ epochEnd: () => undefined }), /callbacks has no hook.*: it has epochEnd/],
    ['a state without a name', () => ({ getState: () => ({}) }), /: callbacks has getState but no name/],
  ])('callbacks that are one object, with %s', async (_what, create, message) => {
    const error = await caught(
      plainTrainer().fit(data.x, data.y, { verbose: 0, callbacks: create() as CallbackHooks }),
    );
    expect(error.code).toBe('KEEPFIT_INVALID_OPTION');
    expect(error.message).toMatch(message);
  });

  test('the same callback twice', async () => {
    const callback = {};
    const error = await caught(
      plainTrainer().fit(data.x, data.y, { verbose: 0, callbacks: [callback, {}, callback] }),
    );
    expect(error.message).toMatch(
      /^KEEPFIT_INVALID_OPTION: callbacks\[2\] is the same object as callbacks\[0\]/,
    );
  });

  test('and a refused fit does not count as running', async () => {
    const trainer = plainTrainer();
    await caught(trainer.fit(data.x, data.y, { epochs: -1 }));
    await caught(trainer.fit(data.x, plainData(9).y, { verbose: 0 }));
    await trainer.fit(data.x, data.y, { verbose: 0 });
  });
});

describe('evaluate and predict refuse', () => {
  test.each([
    ['batchSize', 0],
    ['steps', 0],
    ['verbose', 7],
    ['callbacks', 1],
    ['epochs', 1],
  ])('%s: %s', async (option, value) => {
    for (const error of [
      await caught(plainTrainer().evaluate(data.x, data.y, { [option]: value })),
      await caught(plainTrainer().predict(data.x, { [option]: value })),
    ]) {
      expect(error.code).toBe('KEEPFIT_INVALID_OPTION');
      expect(error.message).toContain(option);
    }
  });
});

describe('Trainer refuses', () => {
  const made =
    (options: unknown): (() => Trainer) =>
    () =>
      new Trainer(plainModel(1), options as TrainerOptions);

  test.each<[string, unknown, RegExp]>([
    ['no options', undefined, /the options of Trainer must be an object, not undefined/],
    ['no optimizer', { loss: 'mse' }, /optimizer must be .*, not undefined/],
    [
      'an unknown optimizer',
      { optimizer: 'adamx', loss: 'mse' },
      /optimizer must be .*adam.*, not "adamx", did you mean "adam"\?/,
    ],
    ['an optimizer that is none', { optimizer: {}, loss: 'mse' }, /optimizer must be .*, not \{\}/],
    ['no loss', { optimizer: 'sgd' }, /loss must be given/],
    [
      'an unknown loss',
      { optimizer: 'sgd', loss: 'msee' },
      /there is no loss "msee", did you mean "mse"\?; there is .*meanSquaredError/,
    ],
    ['a loss that is a number', { optimizer: 'sgd', loss: 5 }, /loss/],
    [
      'an unknown metric',
      { optimizer: 'sgd', loss: 'mse', metrics: ['accurracy'] },
      /there is no metric "accurracy", did you mean "accuracy"\?; there is .*, accuracy/,
    ],
    [
      'metrics that are no list',
      { optimizer: 'sgd', loss: 'mse', metrics: 'mae' },
      /metrics of Trainer must be a list or a record of metrics, not "mae"/,
    ],
    ['a metric that is a number', { optimizer: 'sgd', loss: 'mse', metrics: [5] }, /metric/],
    [
      'a metric that cannot tell its result',
      { optimizer: 'sgd', loss: 'mse', metrics: [{ name: 'hits', initial: () => [], update: () => [] }] },
      /with a name, initial, update and result, not \{"name":"hits"/,
    ],
    [
      'two losses for one output',
      { optimizer: 'sgd', loss: { output: 'mse', other: 'mae' } },
      /loss names the output "other"; the model's outputs are output/,
    ],
    ['a weight that is no number', { optimizer: 'sgd', loss: 'mse', lossWeights: ['1'] }, /lossWeights/],
    [
      'stepsPerExecution 0',
      { optimizer: 'sgd', loss: 'mse', stepsPerExecution: 0 },
      /stepsPerExecution of Trainer must be a positive integer, not 0/,
    ],
    [
      'an unknown option',
      { optimizer: 'sgd', loss: 'mse', metric: [] },
      /Trainer has no option "metric"; it has optimizer, loss/,
    ],
  ])('%s', (_what, options, message) => {
    expect(made(options)).toThrow(message);
    expect(made(options)).toThrow(/^KEEPFIT_INVALID_OPTION: /);
  });

  test.each([0, 1.5, undefined, '2'])(
    'a stepsPerExecution that is set to %s, and keeps the one before',
    (steps) => {
      const trainer = plainTrainer();
      trainer.stepsPerExecution = 3;
      expect(() => (trainer.stepsPerExecution = steps as number)).toThrow(
        /^KEEPFIT_INVALID_OPTION: stepsPerExecution of Trainer must be a positive integer/,
      );
      expect(trainer.stepsPerExecution).toBe(3);
    },
  );

  test.each([undefined, null, {}, { weights: [] }, 'model'])('a model that is none: %s', (model) => {
    expect(() => new Trainer(model as never, { optimizer: 'sgd', loss: 'mse' })).toThrow(
      /^KEEPFIT_INVALID_(OPTION|DATA): .*model/,
    );
  });
});

describe('BackupAndRestore refuses', () => {
  test.each<Bad>([
    ['saveFreq', 0.5, '0.5', /"epoch", a positive integer or \{ seconds \}/],
    ['saveFreq', 0, '0', /"epoch", a positive integer or \{ seconds \}/],
    ['saveFreq', 'batch', '"batch"', /"epoch", a positive integer or \{ seconds \}/],
    ['deleteCheckpoint', 'no', '"no"', /true or false/],
    ['doubleCheckpoint', 1, '1', /true or false/],
    ['preemption', {}, '{}', /an AbortSignal/],
    ['onMismatch', 'ignore', '"ignore"', /"error", "continue", "restart" or a function/],
  ])('%s: %s', (option, value, came, wanted) => {
    const make = () => new BackupAndRestore(memoryStore(), { [option]: value });
    expect(make).toThrow(wanted);
    expect(make).toThrow(`KEEPFIT_INVALID_OPTION: ${option} of BackupAndRestore must be `);
    expect(make).toThrow(`, not ${came}`);
  });

  test.each(['', 'Backup', '../backup', 'a/b', '.hidden', 'a'.repeat(102), 5, null])(
    'the name %s',
    (name) => {
      expect(() => new BackupAndRestore(memoryStore(), { name: name as string })).toThrow(
        /^KEEPFIT_INVALID_OPTION: name of BackupAndRestore must be /,
      );
    },
  );

  test.each([undefined, null, {}, 'runs/backup'])('a store that is none: %s', (store) => {
    expect(() => new BackupAndRestore(store as unknown as CheckpointStore)).toThrow(
      /^KEEPFIT_INVALID_OPTION: the store of BackupAndRestore must be /,
    );
  });

  test('an unknown option', () => {
    const make = () => new BackupAndRestore(memoryStore(), { save_freq: 1 } as object);
    expect(make).toThrow(
      /^KEEPFIT_INVALID_OPTION: BackupAndRestore has no option "save_freq"; it has saveFreq/,
    );
  });
});
