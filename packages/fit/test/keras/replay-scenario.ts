import type { CallbackHooks, Logs, TrainerView } from '@keepfit/callbacks';
import { type FitOptions, type MetricName, type Model, Trainer } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

export type Mode = 'fit' | 'evaluate' | 'predict';
type Point = [hook: string, index: number | null];

/** What a scenario may set. All of it is replayed: a key that is not in `scenarioKeys` fails. */
export interface Scenario {
  name: string;
  mode?: Mode;
  samples: number;
  batchSize?: number;
  epochs?: number;
  initialEpoch?: number;
  steps?: number;
  stepsPerEpoch?: number;
  stepsPerExecution?: number;
  sampleWeight?: boolean;
  metrics?: string[];
  shuffle?: false;
  validationSamples?: number;
  validationSplit?: number;
  validationFreq?: number | number[];
  validationBatchSize?: number;
  validationSteps?: number;
  stop?: Point;
  crash?: Point;
  verbose?: 0 | 1 | 2;
}

const shared = [
  'name',
  'mode',
  'samples',
  'batchSize',
  'stepsPerExecution',
  'metrics',
  'stop',
  'crash',
  'verbose',
];
const validation = ['Samples', 'Split', 'Freq', 'BatchSize', 'Steps'].map((option) => `validation${option}`);

export const scenarioKeys: Readonly<Record<Mode, readonly string[]>> = {
  fit: [...shared, 'epochs', 'initialEpoch', 'stepsPerEpoch', 'sampleWeight', 'shuffle', ...validation],
  evaluate: [...shared, 'steps', 'sampleWeight'],
  predict: [...shared, 'steps'],
};

type Call = [hook: string, index: number | null, logs: Record<string, unknown> | null];

/** The calls that Keras made, and what came out. */
export interface Recording {
  name?: string;
  keras?: string;
  scenario: Scenario;
  trace: Call[];
  history?: Record<string, number[]>;
  epoch?: number[];
  kernel?: number[][] | number[];
  bias?: number[];
  result?: Record<string, number> | number[];
  crashed?: boolean;
}

const recordingKeys = [
  'name',
  'keras',
  'scenario',
  'trace',
  'history',
  'epoch',
  'kernel',
  'bias',
  'result',
  'crashed',
];

export function modeOf({ scenario }: Recording): Mode {
  return scenario.mode ?? 'fit';
}

/** Runs the scenario, and compares every call and every result with the recorded ones. */
export async function replay(recording: Recording): Promise<void> {
  const { scenario } = recording;
  checkKeys(recording);
  const model = denseModel();
  const trainer = new Trainer(model, {
    optimizer: tf.train.sgd(0.1),
    loss: 'mse',
    metrics: (scenario.metrics ?? ['mae']) as MetricName[],
    ...pick(scenario, ['stepsPerExecution']),
  });
  const trace: Call[] = [];
  const run = runScenario(trainer, scenario, recorder(trace, scenario));
  if (recording.crashed === true) {
    await expect(run).rejects.toMatchObject({ code: 'KEEPFIT_HOOK_FAILED' });
  } else {
    const { history, epoch, result } = await run;
    expect(epoch).toEqual(recording.epoch);
    expectHistory(history, recording.history);
    expectResult(result, recording.result);
  }
  if (recording.kernel) expectClose([...model.kernel.dataSync()], recording.kernel.flat());
  if (recording.bias) expectClose([...model.bias.dataSync()], recording.bias);

  expect(trace.map(([hook, index, logs]) => [hook, index, logs && Object.keys(logs)])).toEqual(
    recording.trace.map(([hook, index, logs]) => [hook, index, logs && Object.keys(logs)]),
  );
  trace.forEach(([, , logs], call) => expectLogs(logs ?? {}, recording.trace[call]?.[2] ?? {}));
}

function checkKeys(recording: Recording): void {
  const mode = modeOf(recording);
  expect(Object.keys(scenarioKeys), 'modes that this test replays').toContain(mode);
  const unknown = Object.keys(recording.scenario).filter((key) => !scenarioKeys[mode].includes(key));
  expect(unknown, `keys of a scenario of ${mode} that this test does not replay`).toEqual([]);
  const unread = Object.keys(recording).filter((key) => !recordingKeys.includes(key));
  expect(unread, 'parts of a recording that this test does not compare').toEqual([]);
}

interface Outcome {
  readonly history?: Record<string, number[]>;
  readonly epoch?: number[];
  readonly result?: Logs | number[];
}

async function runScenario(trainer: Trainer, scenario: Scenario, callback: CallbackHooks): Promise<Outcome> {
  const { x, y } = rows(scenario.samples);
  const callbacks = [callback];
  const options = {
    batchSize: 2,
    verbose: 0 as const,
    callbacks,
    ...pick(scenario, ['batchSize', 'verbose']),
  };
  const mode = scenario.mode ?? 'fit';
  if (mode === 'fit') {
    const { history, epoch } = await trainer.fit(x, y, { ...options, ...fitOptions(scenario) });
    return { history, epoch };
  }
  const inference = { ...options, ...pick(scenario, ['steps']) };
  if (mode === 'evaluate')
    return { result: await trainer.evaluate(x, y, { ...inference, ...sampleWeightOf(scenario) }) };
  const outputs = (await trainer.predict(x, inference)) as tf.Tensor;
  const result = [...outputs.dataSync()];
  outputs.dispose();
  return { result };
}

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
  const count = scenario.validationSamples;
  const validationRows = count === undefined ? undefined : rows(count, 100);
  return {
    shuffle: false,
    ...pick(scenario, [
      'epochs',
      'initialEpoch',
      'stepsPerEpoch',
      'shuffle',
      'validationSplit',
      'validationFreq',
      'validationBatchSize',
      'validationSteps',
    ]),
    ...(validationRows && { validationData: [validationRows.x, validationRows.y] as const }),
    ...sampleWeightOf(scenario),
  };
}

function sampleWeightOf({ sampleWeight, samples }: Scenario): { sampleWeight?: number[] } {
  if (sampleWeight !== true) return {};
  return { sampleWeight: Array.from({ length: samples }, (_, i) => (i % 3) + 1) };
}

function expectHistory(history: Outcome['history'], recorded: Recording['history']) {
  expect(Object.keys(history ?? {})).toEqual(Object.keys(recorded ?? {}));
  for (const [key, values] of Object.entries(recorded ?? {})) expectClose(history?.[key] ?? [], values);
}

function expectResult(result: Outcome['result'], recorded: Recording['result']) {
  expect(Array.isArray(result)).toBe(Array.isArray(recorded));
  if (Array.isArray(recorded)) expectClose(result as number[], recorded);
  else {
    expect(Object.keys(result ?? {})).toEqual(Object.keys(recorded ?? {}));
    expectLogs((result ?? {}) as Logs, recorded ?? {});
  }
}

function recorder(trace: Call[], { stop, crash }: Scenario): CallbackHooks {
  let trainer: TrainerView;
  const note = (hook: string, index: number | null, logs: Record<string, unknown> | null) => {
    trace.push([hook, index, logs && { ...logs, ...('outputs' in logs && { outputs: 'array' }) }]);
    if (stop?.[0] === hook && stop[1] === index) trainer.stopTraining = true;
    if (crash?.[0] === hook && crash[1] === index) throw new Error('planned');
  };
  const plain = (hook: string) => (logs: object) => note(hook, null, logs as Record<string, unknown>);
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
