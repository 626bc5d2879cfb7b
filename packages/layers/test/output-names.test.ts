import { cpuBackend } from '@keepfit/backend-cpu';
import { EarlyStopping } from '@keepfit/callbacks';
import { seeded, type BatchData, Trainer, useBackend } from '@keepfit/fit';
import { evaluate, fit, fromLayers, getTrainer, trainOnBatch } from '@keepfit/layers';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test, vi } from 'vitest';

const options = { verbose: 0, shuffle: false, seed: 1 } as const;

beforeAll(() => useBackend(cpuBackend()));

test.each([
  ['', 'loss', 0, 'dense_2_loss'],
  ['val_', 'loss', 1, 'val_dense_3_loss'],
])(
  'a callback that monitors %s<automatic name>_%s is told the key of the log',
  async (prefix, log, output, key) => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const model = build();
    const monitor = `${prefix}${model.outputNames[output]!}_${log}`;
    const y = [first(), second()];
    await fit(model, inputs(), y, {
      ...options,
      epochs: 2,
      validationData: [inputs(), y],
      callbacks: new EarlyStopping({ monitor }),
    });
    expect(warn).toHaveBeenCalledExactlyOnceWith(
      expect.stringMatching(
        new RegExp(`"${monitor}", which is not among the logs of this epoch: .*monitor "${key}"$`),
      ),
    );
    warn.mockRestore();
  },
);

describe('data of several outputs may be given by the names that the model shows', () => {
  test('in arrays', async () => {
    const model = build();
    const y = { [model.outputNames[1]!]: second(), [model.outputNames[0]!]: first() };
    const x = { [model.inputNames[1]!]: tf.ones([8, 3]), [model.inputNames[0]!]: tf.ones([8, 2]) };
    expect(model.outputNames[0]).toMatch(/^dense_Dense\d+$/);
    const { history } = await fit(model, x, y, { ...options, validationData: [x, y] });
    expect(history).toEqual(await byList());
    expect(Object.keys(history)).toContain('dense_2_loss');
  });

  test('in batches', async () => {
    const model = build();
    const batches: BatchData = () => [
      {
        xs: { [model.inputNames[0]!]: tf.ones([8, 2]), [model.inputNames[1]!]: tf.ones([8, 3]) },
        ys: { [model.outputNames[0]!]: first(), [model.outputNames[1]!]: second() },
      },
    ];
    const { history } = await fit(model, batches, {
      verbose: 0,
      seed: 1,
      validationData: batches,
    });
    expect(history).toEqual(await byList());
  });

  test('in an evaluation and in one batch', async () => {
    const [named, listed] = [build(), build()];
    const y = { [named.outputNames[0]!]: first(), [named.outputNames[1]!]: second() };
    expect(await evaluate(named, inputs(), y, { verbose: 0 })).toEqual(
      await evaluate(listed, inputs(), [first(), second()], { verbose: 0 }),
    );
    expect(await trainOnBatch(named, inputs(), y)).toEqual(
      await trainOnBatch(listed, inputs(), [first(), second()]),
    );
  });

  test('and by the names of the log keys, as before', async () => {
    const { history } = await fit(
      build(),
      inputs(),
      { dense_3: second(), dense_2: first() },
      {
        ...options,
        validationData: [inputs(), [first(), second()]],
      },
    );
    expect(history).toEqual(await byList());
  });

  test('and the shown names win if both lists have the same names', async () => {
    const model = fromLayers(build());
    const names = [...model.outputNames!].reverse();
    const swapped = new Trainer(
      { ...model, weights: model.weights, outputAliases: names },
      {
        optimizer: 'sgd',
        loss: 'mse',
      },
    );
    const y = { [names[0]!]: first(), [names[1]!]: second() };
    const { history } = await swapped.fit(inputs(), y, { ...options, validationData: [inputs(), y] });
    expect(history).toEqual(await byList());
  });

  test('but a name of neither is refused, and the message has the shown names', async () => {
    const model = build();
    await expect(fit(model, inputs(), { left: first(), right: second() }, options)).rejects.toThrow(
      `KEEPFIT_INVALID_DATA: y must have exactly the keys ${model.outputNames.join(', ')}, and has left, right`,
    );
  });
});

test('losses and metrics may be compiled by the names that the model shows', async () => {
  const model = build();
  const [left, right] = model.outputNames as [string, string];
  model.compile({
    optimizer: tf.train.sgd(0.01),
    loss: { [right]: 'meanAbsoluteError', [left]: 'meanSquaredError' },
    metrics: { [right]: 'mse' },
  });
  const listed = build();
  listed.compile({ optimizer: tf.train.sgd(0.01), loss: ['meanSquaredError', 'meanAbsoluteError'] });
  const y = [first(), second()];
  const { history } = await fit(model, inputs(), y, options);
  expect(history).toMatchObject((await fit(listed, inputs(), y, options)).history);
  expect(Object.keys(getTrainer(model).history.history)).toContain('dense_3_mse');
});

describe('names that the user gives to outputs stay, in log keys too', () => {
  test.each([
    ['price_USD2024', 'age'],
    ['class_A1', 'box_B2'],
    ['dense', 'dense_1'],
    ['dense_1', 'dense'],
  ])('%s and %s', async (left, right) => {
    const model = build({ names: [left, right] });
    model.compile({
      optimizer: tf.train.sgd(0.01),
      loss: { [right]: 'meanAbsoluteError', [left]: 'meanSquaredError' },
    });
    const y = { [right]: second(), [left]: first() };
    const keys = ['loss', `${left}_loss`, `${right}_loss`].sort();
    const { history } = await fit(model, inputs(), y, options);
    expect(Object.keys(history)).toEqual(keys);
    expect(Object.keys(await trainOnBatch(model, inputs(), y))).toEqual(keys);
    const { [`${left}_loss`]: ofLeft, [`${right}_loss`]: ofRight } = await evaluate(model, inputs(), y, {
      verbose: 0,
    });
    const errors = await Promise.all(
      (model.predict(inputs()) as tf.Tensor[]).map(async (output, index) =>
        (await tf.abs(tf.sub(output, index === 0 ? first() : second())).data<'float32'>()).reduce(
          (a: number, b: number) => a + b,
          0,
        ),
      ),
    );
    expect(Math.sqrt(ofLeft!)).toBeCloseTo(errors[0]! / 8, 4);
    expect(ofRight).toBeCloseTo(errors[1]! / 16, 4);
  });
});

test('one layer for two outputs gives two names', async () => {
  const [a, b] = [tf.input({ shape: [2] }), tf.input({ shape: [2] })];
  const shared = tf.layers.dense({ units: 1, name: 'shared' });
  const outputs = [a, b].map((x) => shared.apply(x) as tf.SymbolicTensor);
  const model = tf.model({ inputs: [a, b], outputs });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const x = [tf.ones([8, 2]), tf.zeros([8, 2])];
  const { history } = await fit(model, x, { shared_1: first(), shared: first() }, options);
  expect(Object.keys(history)).toEqual(['loss', 'shared_1_loss', 'shared_loss']);
  expect(history['shared_loss']).not.toEqual(history['shared_1_loss']);
  await expect(fit(model, x, { shared: first() }, options)).rejects.toThrow(
    'y must have exactly the keys shared, shared_1, and has shared',
  );
});

/** The history of the same training, with data as lists. */
async function byList(): Promise<unknown> {
  const y = [first(), second()];
  const validationData = [inputs(), y] as [tf.Tensor[], tf.Tensor[]];
  return (await fit(build(), inputs(), y, { ...options, validationData })).history;
}

function inputs(): tf.Tensor[] {
  return [tf.ones([8, 2]), tf.ones([8, 3])];
}

function first(): tf.Tensor {
  return tf.ones([8, 1]);
}

function second(): tf.Tensor {
  return tf.fill([8, 2], 3);
}

/** A model of two inputs and two outputs, whose layers have automatic names. */
function build({ names = [] }: { readonly names?: readonly string[] } = {}): tf.LayersModel {
  const model = seeded(1, () => {
    const [a, b] = [tf.input({ shape: [2] }), tf.input({ shape: [3] })];
    const apply = (units: number, input: tf.SymbolicTensor, name?: string) =>
      tf.layers.dense({ units, ...(name !== undefined && { name }) }).apply(input) as tf.SymbolicTensor;
    const both = tf.layers.concatenate().apply([apply(4, a), apply(4, b)]) as tf.SymbolicTensor;
    return tf.model({ inputs: [a, b], outputs: [apply(1, both, names[0]), apply(2, both, names[1])] });
  });
  model.compile({ optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError' });
  return model;
}
