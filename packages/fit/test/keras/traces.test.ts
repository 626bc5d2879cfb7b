import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cpuBackend } from '@keepfit/backend-cpu';
import type { CallbackHooks, Logs, TrainerView } from '@keepfit/callbacks';
import { type FitOptions, type Model, Trainer, useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';

interface Scenario {
  name: string;
  mode?: 'evaluate' | 'predict';
  samples: number;
  batchSize?: number;
  epochs?: number;
  initialEpoch?: number;
  stepsPerEpoch?: number;
  stepsPerExecution?: number;
  sampleWeight?: boolean;
  validationSamples?: number;
  validationSplit?: number;
  validationFreq?: number | number[];
  validationBatchSize?: number;
  validationSteps?: number;
  stop?: [hook: string, index: number];
  crash?: [hook: string, index: number];
  verbose?: 0 | 1 | 2;
}

interface Recording {
  scenario: Scenario;
  trace: [hook: string, index: number | null, logs: Record<string, unknown> | null][];
  history?: Record<string, number[]>;
  epoch?: number[];
  kernel?: number[][] | number[];
  bias?: number[];
  result?: Record<string, number> | number[];
  crashed?: boolean;
}

const folder = `${process.env['KEEPFIT_KERAS'] ?? fileURLToPath(new URL('../data/keras', import.meta.url))}/traces`;
const recordings = readdirSync(folder).filter((file) => file.endsWith('.json'));

beforeAll(() => useBackend(cpuBackend()));

test('there are recordings', () => expect(recordings.length).toBeGreaterThan(0));

test.each(recordings)('makes the calls that Keras made in %s', async (file) => {
  const recording = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as Recording;
  const { scenario } = recording;
  const model = denseModel();
  const trainer = new Trainer(model, {
    optimizer: tf.train.sgd(0.1),
    loss: 'mse',
    metrics: ['mae'],
    ...pick(scenario, ['stepsPerExecution']),
  });
  const trace: Recording['trace'] = [];
  const callbacks = [recorder(trace, scenario)];

  if (scenario.mode === 'predict') {
    const options = { verbose: 0 as const, callbacks, ...pick(scenario, ['batchSize']) };
    const outputs = (await trainer.predict(rows(scenario.samples).x, {
      batchSize: 2,
      ...options,
    })) as tf.Tensor;
    expectClose([...outputs.dataSync()], recording.result as number[]);
  } else if (scenario.mode === 'evaluate') {
    const { x, y } = rows(scenario.samples);
    expectLogs(
      await trainer.evaluate(x, y, { batchSize: 2, verbose: 0, callbacks, ...pick(scenario, ['batchSize']) }),
      recording.result as Logs,
    );
  } else {
    const { x, y } = rows(scenario.samples);
    const fitted = trainer.fit(x, y, { ...fitOptions(scenario), callbacks });
    if (recording.crashed) {
      await expect(fitted).rejects.toMatchObject({ code: 'KEEPFIT_HOOK_FAILED' });
    } else {
      const { history, epoch } = await fitted;
      expect(epoch).toEqual(recording.epoch);
      expect(Object.keys(history)).toEqual(Object.keys(recording.history ?? {}));
      for (const [key, values] of Object.entries(recording.history ?? {}))
        expectClose(history[key] ?? [], values);
    }
    expectClose([...model.kernel.dataSync()], (recording.kernel as number[]).flat());
    expectClose([...model.bias.dataSync()], recording.bias ?? []);
  }

  expect(trace.map(([hook, index, logs]) => [hook, index, logs && Object.keys(logs)])).toEqual(
    recording.trace.map(([hook, index, logs]) => [hook, index, logs && Object.keys(logs)]),
  );
  trace.forEach(([, , logs], call) => expectLogs(logs ?? {}, recording.trace[call]?.[2] ?? {}));
});

function denseModel(): Model & { kernel: tf.Variable; bias: tf.Variable } {
  const kernel = tf.variable(tf.tensor2d([[0.5], [-0.25]]));
  const bias = tf.variable(tf.tensor1d([0.1]));
  return {
    kernel,
    bias,
    weights: [
      { name: 'kernel', variable: kernel, trainable: true },
      { name: 'bias', variable: bias, trainable: true },
    ],
    call: (inputs) => tf.add(tf.matMul(inputs as tf.Tensor2D, kernel as tf.Variable<tf.Rank.R2>), bias),
  };
}

function rows(count: number, from = 0) {
  const indices = Array.from({ length: count }, (_, row) => row + from);
  return {
    x: {
      data: Float32Array.from(indices.flatMap((i) => [Math.sin(1 + 2 * i), Math.sin(2 + 2 * i)])),
      shape: [count, 2],
    },
    y: { data: Float32Array.from(indices, (i) => Math.cos(i)), shape: [count, 1] },
  };
}

function fitOptions(scenario: Scenario): FitOptions {
  const validation =
    scenario.validationSamples === undefined ? undefined : rows(scenario.validationSamples, 100);
  return {
    batchSize: 2,
    shuffle: false,
    verbose: 0,
    ...pick(scenario, [
      'batchSize',
      'epochs',
      'initialEpoch',
      'stepsPerEpoch',
      'validationSplit',
      'validationFreq',
      'validationBatchSize',
      'validationSteps',
    ]),
    ...(validation && { validationData: [validation.x, validation.y] as const }),
    ...(scenario.sampleWeight && {
      sampleWeight: Array.from({ length: scenario.samples }, (_, i) => (i % 3) + 1),
    }),
  };
}

function recorder(trace: Recording['trace'], { stop, crash }: Scenario): CallbackHooks {
  let trainer: TrainerView;
  const note = (hook: string, index: number | null, logs: Record<string, unknown> | null) => {
    trace.push([hook, index, logs && { ...logs, ...('outputs' in logs && { outputs: 'array' }) }]);
    if (stop?.[0] === hook && stop[1] === index) trainer.stopTraining = true;
    if (crash?.[0] === hook && crash[1] === index) throw new Error('planned');
  };
  const plain = (hook: string) => (logs: Logs) => note(hook, null, logs);
  const indexed = (hook: string) => (index: number, logs: object) =>
    note(hook, index, logs as Record<string, unknown>);
  return {
    setModel(model) {
      trainer = model;
      note('setModel', null, null);
    },
    setParams: ({ verbose, epochs, steps }) => note('setParams', null, { verbose, epochs, steps }),
    onTrainBegin: plain('onTrainBegin'),
    onTrainEnd: plain('onTrainEnd'),
    onEpochBegin: indexed('onEpochBegin'),
    onEpochEnd: indexed('onEpochEnd'),
    onTrainBatchBegin: indexed('onTrainBatchBegin'),
    onTrainBatchEnd: indexed('onTrainBatchEnd'),
    onTestBegin: plain('onTestBegin'),
    onTestEnd: plain('onTestEnd'),
    onTestBatchBegin: indexed('onTestBatchBegin'),
    onTestBatchEnd: indexed('onTestBatchEnd'),
    onPredictBegin: plain('onPredictBegin'),
    onPredictEnd: plain('onPredictEnd'),
    onPredictBatchBegin: indexed('onPredictBatchBegin'),
    onPredictBatchEnd: indexed('onPredictBatchEnd'),
  };
}

function expectLogs(logs: Record<string, unknown>, recorded: Record<string, unknown>) {
  for (const [key, value] of Object.entries(recorded)) {
    if (typeof value === 'number') expectClose([Number(logs[key])], [value]);
    else expect(logs[key]).toBe(value);
  }
}

function expectClose(values: readonly number[], recorded: readonly number[]) {
  expect(values).toHaveLength(recorded.length);
  values.forEach((value, index) => {
    const wanted = recorded[index] ?? NaN;
    expect(Math.abs(value - wanted), `${value} for ${wanted}`).toBeLessThanOrEqual(
      1e-5 * Math.max(1, Math.abs(wanted)),
    );
  });
}

function pick<Key extends keyof Scenario>(scenario: Scenario, keys: readonly Key[]): Pick<Scenario, Key> {
  return Object.fromEntries(
    keys.flatMap((key) => (scenario[key] === undefined ? [] : [[key, scenario[key]]])),
  ) as Pick<Scenario, Key>;
}
