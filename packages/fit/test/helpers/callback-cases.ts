import {
  BackupAndRestore,
  type CallbackHooks,
  CSVLogger,
  EarlyStopping,
  History,
  LambdaCallback,
  LearningRateScheduler,
  ModelCheckpoint,
  ProgbarLogger,
  ReduceLROnPlateau,
  RemoteMonitor,
  SwapEMAWeights,
  type TensorValues,
  TerminateOnNaN,
  type TrainerView,
  type WeightValues,
} from '@keepfit/callbacks';
import type { Trainer } from '@keepfit/fit';
import { TensorBoard } from '@keepfit/tensorboard';
import { fill, tidy } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { batchClock } from './batch-clock.js';
import { plainData } from './plain-data.js';
import { countHooks } from './stateful-callbacks.js';
import type { CallbackCase, Outcome } from './run-callback-case.js';

/** How each callback is used in the test of crashes, by the name under which it is exported. */
export const callbackCases: Readonly<Record<string, readonly CallbackCase[]>> = {
  BackupAndRestore: [
    {
      title: 'a second one, that keeps its checkpoint',
      callbacks: (outside) => [
        new BackupAndRestore(outside.store('second'), {
          saveFreq: 5,
          deleteCheckpoint: false,
          name: 'second',
        }),
      ],
      proves: ({ stored }) => expect(Object.keys(stored)).toEqual(['second/second']),
    },
    {
      title: 'a second one that goes by the time',
      callbacks: (outside) => {
        const { now, passTime } = batchClock();
        return [
          passTime,
          new BackupAndRestore(outside.store('second'), {
            saveFreq: { seconds: 450 },
            deleteCheckpoint: false,
            name: 'second',
            now,
          }),
        ];
      },
      // Step 0, two by the time, and the last.
      proves: ({ stored }) =>
        expect(stored).toMatchObject({ 'second/second': { header: { generation: 4 } } }),
    },
  ],

  CSVLogger: [
    {
      title: 'a new file, with validation every second epoch',
      options: { validationFreq: 2 },
      callbacks: (outside) => [new CSVLogger(outside.sink('log.csv'))],
      proves: ({ files }) => {
        const lines = files['log.csv']!.trimEnd().split('\n');
        expect(lines.map((line) => line.split(',')[0])).toEqual(['epoch', '0', '1', '2']);
        expect(lines[1]).toMatch(/NA/);
      },
    },
    {
      title: 'with append, in the middle of several others',
      callbacks: (outside) => [
        new ReduceLROnPlateau(),
        new CSVLogger(outside.sink('log.csv'), { append: true, separator: ';' }),
        countHooks('other'),
      ],
      proves: ({ files }) => expect(files['log.csv']).toMatch(/^epoch;accuracy;learning_rate;loss;/),
    },
  ],

  EarlyStopping: [
    {
      title: 'that stops',
      options: { epochs: 8 },
      callbacks: () => [new EarlyStopping({ monitor: 'val_accuracy', patience: 2 })],
      proves: stopsEarly,
    },
    {
      title: 'with restoreBestWeights',
      options: { epochs: 8 },
      callbacks: () => [
        new EarlyStopping({ monitor: 'val_loss', mode: 'max', patience: 2, restoreBestWeights: true }),
      ],
      proves: (outcome) => {
        stopsEarly(outcome);
        const { tensors } = outcome.training as { tensors: Record<string, string> };
        expect(outcome.final).toEqual(bestWeights(outcome));
        // More epochs continue from the trained weights.
        expect(outcome.final).not.toContain(`weights/kernel1 ${tensors['weights/kernel1']}`);
      },
    },
  ],

  History: [
    {
      title: "of one's own",
      callbacks: () => [new History()],
      proves: ({ history }) =>
        expect(Object.values(history).map(({ length }) => length)).toEqual([3, 3, 3, 3]),
    },
  ],

  LambdaCallback: [
    {
      title: 'with a state',
      callbacks: () => {
        const { name: _name, counts: _counts, ...hooks } = countHooks();
        return [new LambdaCallback(hooks as object)];
      },
      proves: (outcome) => expect(stateOf(outcome, 'LambdaCallback')).toMatchObject({ batches: 12 }),
    },
    {
      title: "beside one of one's own that evaluates, predicts, and sets weights by what it sees",
      callbacks: () => [new LambdaCallback({ onEpochEnd: () => undefined }), turnsBack()],
      proves: (outcome) => {
        const { losses, turned } = stateOf(outcome, 'turnsBack') as Record<string, readonly number[]>;
        expect(losses).toHaveLength(12);
        expect(turned!.length).toBeGreaterThan(1);
        expect(turned!.length).toBeLessThan(11);
      },
    },
  ],

  LearningRateScheduler: [
    {
      title: 'that goes by the current rate',
      callbacks: () => [new LearningRateScheduler((_epoch, learningRate) => learningRate * 0.7)],
      proves: ({ history }) => expect(new Set(history['learning_rate']).size).toBe(3),
    },
  ],

  ModelCheckpoint: [
    {
      title: 'the best weights under one key',
      callbacks: (outside) => [
        new ModelCheckpoint(outside.store('models'), {
          keyPattern: 'best',
          monitor: 'loss',
          mode: 'max',
          saveBestOnly: true,
          saveWeightsOnly: true,
        }),
      ],
      proves: ({ stored }) => expect(stored).toMatchObject({ 'models/best': { header: { generation: 3 } } }),
    },
    {
      title: 'the best weights, with validation every second epoch',
      options: { epochs: 5, validationFreq: 2 },
      callbacks: (outside) => [
        new ModelCheckpoint(outside.store('models'), {
          keyPattern: 'epoch-{epoch}',
          mode: 'max',
          saveBestOnly: true,
        }),
      ],
      proves: ({ stored }) => expect(Object.keys(stored)).toEqual(['models/epoch-2']),
    },
    {
      title: 'the weights every few batches, by their loss',
      callbacks: (outside) => [
        new ModelCheckpoint(outside.store('models'), {
          keyPattern: 'e{epoch}-b{batch}-{loss:.4f}',
          saveWeightsOnly: true,
          saveFreq: 3,
        }),
      ],
      proves: ({ stored }) => expect(Object.keys(stored)).toHaveLength(4),
    },
    {
      title: 'the whole training each epoch',
      callbacks: (outside) => [
        new ModelCheckpoint(outside.store('models'), { keyPattern: 'epoch-{epoch}-{val_loss:.4f}' }),
      ],
      proves: ({ stored }) => expect(Object.keys(stored)).toHaveLength(3),
    },
    {
      title: 'the whole training every third batch',
      callbacks: (outside) => [
        new ModelCheckpoint(outside.store('models'), { keyPattern: 'e{epoch}-b{batch}', saveFreq: 3 }),
      ],
      proves: ({ stored }) => expect(Object.keys(stored)).toHaveLength(4),
    },
    {
      title: 'the weights of two epochs, the best of which is the first',
      callbacks: (outside) => [
        new ModelCheckpoint(outside.store('models'), {
          keyPattern: 'epoch-{epoch}',
          mode: 'max',
          maxToKeep: 2,
          saveWeightsOnly: true,
        }),
      ],
      proves: ({ stored }) => expect(Object.keys(stored)).toEqual(['models/epoch-1', 'models/epoch-3']),
    },
    {
      title: 'two whole trainings, one every other batch',
      callbacks: (outside) => [
        new ModelCheckpoint(outside.store('models'), {
          keyPattern: 'e{epoch}-b{batch}',
          saveFreq: 2,
          maxToKeep: 2,
        }),
      ],
      proves: ({ stored }) => expect(Object.keys(stored)).toEqual(['models/e3-b2', 'models/e3-b4']),
    },
  ],

  ProgbarLogger: [
    {
      title: 'one line an epoch',
      options: { verbose: 2 },
      callbacks: (outside) => [new ProgbarLogger({ output: outside.screen(), now: () => 0 })],
      proves: ({ lines }) =>
        expect(lines.map((line) => line.split(' - ')[0])).toEqual(['Epoch 1/3', 'Epoch 2/3', 'Epoch 3/3']),
    },
  ],

  ReduceLROnPlateau: [
    {
      title: 'with a cooldown',
      options: { epochs: 6 },
      callbacks: () => [
        new ReduceLROnPlateau({
          monitor: 'val_loss',
          mode: 'max',
          patience: 1,
          cooldown: 1,
          factor: 0.5,
          verbose: 1,
        }),
      ],
      proves: reducesTwice,
    },
    {
      title: 'with patience',
      options: { epochs: 6 },
      callbacks: () => [
        new ReduceLROnPlateau({ monitor: 'val_loss', mode: 'max', patience: 2, factor: 0.5 }),
      ],
      proves: reducesTwice,
    },
  ],

  RemoteMonitor: [
    {
      title: 'to a server that is down once',
      callbacks: (outside) => [new RemoteMonitor({ sendAsJson: true, fetch: outside.server('"epoch":1,') })],
      proves: ({ events, runIds }) => {
        expect(events.map((event) => (JSON.parse(event as string) as { epoch: number }).epoch)).toEqual([
          0, 1, 2,
        ]);
        expect(runIds).toBe(1);
      },
    },
  ],

  SwapEMAWeights: [false, true].map((swapOnEpoch) => ({
    title: `with swapOnEpoch ${swapOnEpoch}`,
    callbacks: (outside) => [
      new SwapEMAWeights({ swapOnEpoch, momentum: 0.8 }),
      new ModelCheckpoint(outside.store('models'), { saveWeightsOnly: true }),
    ],
    proves: (outcome) => {
      const { tensors } = outcome.training as { tensors: Record<string, string> };
      const { average, trained } = stateOf(outcome, 'SwapEMAWeights') as Record<string, string[] | null>;
      const inModel = `weights/kernel1 ${tensors['weights/kernel1']}`;
      expect(outcome.final).toEqual(average);
      // More epochs continue from the trained weights.
      if (swapOnEpoch) expect(average).toContain(inModel);
      for (const weight of trained ?? [inModel])
        if (weight.startsWith('weights/kernel1')) expect(average).not.toContain(weight);
      expect(trained === null).toBe(!swapOnEpoch);
    },
  })),

  TensorBoard: [
    {
      title: 'with epochs and histograms in one file',
      callbacks: (outside) => [
        new TensorBoard({ train: outside.sink('events.out.tfevents.1') }, { histogramFreq: 2, now: () => 0 }),
      ],
      proves: ({ files }) => expect(files['events.out.tfevents.1']).toContain('kernel1/histogram'),
    },
    {
      title: 'with every second batch, in two files',
      callbacks: (outside) => [
        new TensorBoard(
          { train: outside.sink('train.tfevents'), validation: outside.sink('validation.tfevents') },
          { updateFreq: 2, now: () => 0 },
        ),
      ],
      proves: ({ files }) => {
        expect(files['train.tfevents']!.match(/batch_loss/g)).toHaveLength(6);
        expect(files['validation.tfevents']!.match(/epoch_loss/g)).toHaveLength(3);
      },
    },
  ],

  TerminateOnNaN: [
    {
      title: 'on a loss of NaN',
      callbacks: (_outside, trainer) => [
        spoil(trainer, 'kernel2', { epoch: 1, batch: 2 }),
        new TerminateOnNaN(),
      ],
      proves: ({ epochs, history }) => {
        expect(epochs).toEqual([0, 1]);
        expect(history['loss']).toEqual([expect.any(Number), NaN]);
      },
    },
  ],
};

/**
 * Evaluates after each batch, and returns to the weights of before if a late digit of the loss is odd, so that each
 * bit counts. It remembers what it has seen.
 */
function turnsBack(): CallbackHooks {
  const { x, y } = plainData(5, 20);
  let model: TrainerView;
  let state: { losses: number[]; turned: number[]; predicted: number[]; former: WeightValues } = {
    losses: [],
    turned: [],
    predicted: [],
    former: {},
  };
  return {
    name: 'turnsBack',
    batchLogs: false,
    setModel: (view) => void (model = view),
    onTrainBegin: () => void (state = { losses: [], turned: [], predicted: [], former: {} }),
    onEpochBegin: async () => void (state = { ...state, former: await model.getWeights() }),
    onTrainBatchEnd: async () => {
      const { losses, turned, former } = state;
      const { loss = NaN } = await model.evaluate(x, y, { batchSize: 2 });
      const isOdd = Math.floor(loss * 1e5) % 2 === 1;
      if (isOdd) model.setWeights(former);
      const { iterations = NaN } = model.optimizer;
      state = {
        ...state,
        losses: [...losses, loss],
        turned: isOdd ? [...turned, iterations] : turned,
        former: isOdd ? former : await model.getWeights(),
      };
    },
    onTestBatchEnd: async () => void (await model.predict(x)),
    onEpochEnd: async () => {
      const { data } = (await model.predict(x)) as TensorValues;
      state = { ...state, predicted: [...state.predicted, ...data] };
    },
    getState: () => state,
    setState: (saved) => void (state = saved as unknown as typeof state),
  };
}

/** Makes a weight NaN before a batch. */
export function spoil(
  { model }: Trainer,
  weight: string,
  at: { readonly epoch: number; readonly batch: number },
): CallbackHooks {
  const { variable } = model.weights.find(({ name }) => name === weight)!;
  let epoch = 0;
  return {
    onEpochBegin: (index) => void (epoch = index),
    onTrainBatchBegin: (batch) => {
      if (epoch === at.epoch && batch === at.batch) tidy(() => variable.assign(fill(variable.shape, NaN)));
    },
  };
}

function stopsEarly({ epochs }: Outcome): void {
  expect(epochs.length).toBeGreaterThan(2);
  expect(epochs.length).toBeLessThan(8);
}

function reducesTwice({ history }: Outcome): void {
  const drops = history['learning_rate']!.filter(
    (rate, epoch, rates) => epoch > 0 && rate < 0.6 * rates[epoch - 1]!,
  );
  expect(drops.length).toBeGreaterThanOrEqual(2);
}

function stateOf({ training }: Outcome, name: string): Record<string, unknown> {
  const { callbacks } = (
    training as { state: { callbacks: { name: string; state: Record<string, unknown> }[] } }
  ).state;
  return callbacks.find((callback) => callback.name === name)!.state;
}

function bestWeights(outcome: Outcome): unknown {
  return stateOf(outcome, 'EarlyStopping')['bestWeights'];
}
