import { cpuBackend } from '@keepfit/backend-cpu';
import { CSVLogger, EarlyStopping, type Logs, type OutputSink, ProgbarLogger } from '@keepfit/callbacks';
import { type MetricOption, useBackend } from '@keepfit/fit';
import { binaryIoU, f1Score, meanMetric, precision, recall } from '@keepfit/fit/metrics';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test, vi } from 'vitest';
import { crashAndResume } from './helpers/crash-and-resume.js';
import { plainData } from './helpers/plain-data.js';
import { plainTrainer, trainPlain } from './helpers/train-plain.js';

beforeAll(() => useBackend(cpuBackend()));

const metrics = (): MetricOption[] => [
  precision({ thresholds: [0.3, 0.5, 0.7] }),
  recall(),
  f1Score(),
  binaryIoU(),
];
const keys = ['binary_io_u', 'f1_score', 'loss', 'precision_0', 'precision_1', 'precision_2', 'recall'];
const withValidation = [...keys, ...keys.map((key) => `val_${key}`)];

test('logs each of several values under a numbered key, everywhere', async () => {
  const seen: Record<string, string[]> = {};
  const note = (hook: string) => (place: number | Logs, logs?: Logs) =>
    void (seen[hook] = Object.keys(logs ?? place));
  const hooks = Object.fromEntries(
    ['onTrainBatchEnd', 'onTestBatchEnd', 'onTestEnd', 'onEpochEnd', 'onTrainEnd'].map((hook) => [
      hook,
      note(hook),
    ]),
  );
  const trainer = plainTrainer({ trainer: { metrics: metrics() } });
  const { returned } = await trainPlain({ before: [hooks] }, trainer);
  expect(Object.keys(returned.history)).toEqual(expect.arrayContaining(withValidation));
  expect(returned.history['val_precision_2']).toHaveLength(3);
  expect(seen).toMatchObject({ onTrainBatchEnd: keys, onTestBatchEnd: keys, onTestEnd: keys });
  expect(seen['onEpochEnd']).toEqual(expect.arrayContaining(withValidation));

  const { x, y } = plainData(7);
  expect(Object.keys(await trainer.evaluate(x, y, { verbose: 0 }))).toEqual(keys);
  expect(Object.keys(await trainer.testOnBatch(x, y))).toEqual(keys);
  const one = plainTrainer({ trainer: { metrics: [precision({ thresholds: 0.5 })] } });
  const all = plainTrainer({ trainer: { metrics: [precision({ thresholds: [0.3, 0.5, 0.7] })] } });
  expect((await all.testOnBatch(x, y))['precision_1']).toBe((await one.testOnBatch(x, y))['precision']);
});

test('callbacks read and write them', async () => {
  let [csv, progress] = ['', ''];
  const sink: OutputSink = {
    append: async (added) => void (csv += new TextDecoder().decode(added as Uint8Array)),
    flush: async () => undefined,
    position: async () => csv.length,
    truncate: async () => undefined,
  };
  const output = { isTerminal: true, columns: 500, write: (part: string) => void (progress += part) };
  const stopping = new EarlyStopping({ monitor: 'val_precision_1', patience: 0, baseline: 2 });
  const trainer = plainTrainer({ trainer: { metrics: metrics() } });
  const { returned } = await trainPlain(
    { before: [stopping, new CSVLogger(sink), new ProgbarLogger({ output })], options: { verbose: 1 } },
    trainer,
  );
  // As in Keras, the first epoch does not end it.
  expect(returned.epoch).toEqual([0, 1]);
  const [header = '', row = ''] = csv.split('\n');
  expect(header.split(',')).toEqual(expect.arrayContaining(withValidation));
  expect(row.split(',')).toHaveLength(header.split(',').length);
  expect(row).not.toContain('NA');
  expect(progress).toMatch(/ - precision_0: .* - precision_2: .* - val_precision_2: /);
});

test('a resume within an epoch continues with their states', async () => {
  const trainer = { metrics: metrics() };
  const uninterrupted = await trainPlain({ trainer });
  const crashes = [{ hook: 'onTrainBatchEnd', call: 6 } as const];
  const resumed = await crashAndResume({ trainer, crashes, backup: { saveFreq: 1 } });
  expect(resumed.proof).toEqual(uninterrupted.proof);
  expect(resumed.whole.history['precision_2']).toHaveLength(3);
});

test('two metrics with one key are refused, and a name helps', async () => {
  const { x, y } = plainData(4);
  const twins = [precision({ thresholds: [0.3, 0.7] }), precision()];
  const trainer = plainTrainer({ trainer: { metrics: twins, optimizer: tf.train.sgd(0.1) } });
  await expect(trainer.testOnBatch(x, y)).rejects.toThrow(
    /KEEPFIT_INVALID_OPTION.*"precision_1".*name: 'by_class'/,
  );
  // In the first batch: an epoch may take hours.
  const [ended, { numTensors }] = [vi.fn(), tf.memory()];
  const callbacks = [{ batchLogs: false, onTrainBatchEnd: ended }];
  await expect(trainer.fit(x, y, { batchSize: 1, verbose: 0, callbacks })).rejects.toThrow(/"precision_1"/);
  expect(ended).not.toHaveBeenCalled();
  expect(tf.memory().numTensors).toBe(numTensors);
  const named = plainTrainer({
    trainer: { metrics: [precision({ thresholds: [0.3, 0.7], name: 'by_threshold' }), precision()] },
  });
  const logs = await named.testOnBatch(x, y);
  expect(Object.keys(logs)).toEqual(['by_threshold_0', 'by_threshold_1', 'loss', 'precision']);
});

test.each<[metrics: MetricOption[], key: string]>([
  [[meanMetric('loss', () => tf.scalar(7))], 'loss'],
  [['mse', 'mse', meanMetric('mse_1', () => tf.scalar(7))], 'mse_1'],
  [['mse', meanMetric('val_mse', () => tf.scalar(7))], 'val_mse'],
  [[f1Score(), meanMetric('val_f1_score_0', () => tf.scalar(7))], 'val_f1_score_0'],
  [[meanMetric('constructor', () => tf.scalar(7))], 'constructor'],
])('a log key that another log has, or that no record can hold, is refused at once: %#', (list, key) => {
  const message = new RegExp(`KEEPFIT_INVALID_OPTION.*"${key}"; give a metric a name of its own`);
  expect(() => plainTrainer({ trainer: { metrics: list } })).toThrow(message);
});

test('a mean counts each batch as many values as the metric has, as Keras does', async () => {
  const { x, y } = plainData(5);
  const size = meanMetric('size', (_yTrue, yPred) => tf.scalar(yPred.shape[0] as number));
  const trainer = plainTrainer({ trainer: { metrics: [size] } });
  // Batches of 4 and 1: a scalar counts once each.
  expect((await trainer.evaluate(x, y, { verbose: 0, batchSize: 4 }))['size']).toBe(2.5);
});
