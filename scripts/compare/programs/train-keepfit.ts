import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import { cpuBackend } from '../../../packages/backend-cpu/src/index.ts';
import {
  BackupAndRestore,
  CSVLogger,
  EarlyStopping,
  LambdaCallback,
} from '../../../packages/callbacks/src/index.ts';
import { version } from '../../../packages/callbacks/src/version.ts';
import { seeded, type StatefulMetric, useBackend } from '../../../packages/fit/src/index.ts';
import { fit, getTrainer } from '../../../packages/layers/src/index.ts';
import { adam } from '../../../packages/optimizers/src/index.ts';
import { fileSink, fsStore } from '../../../packages/store-fs/src/index.ts';

/**
 * The training of common.py in keepfit. The arguments are a folder, and `kill` or `finish`; a third one, `fresh`,
 * plants a fault: the backup is not used.
 */
const [folder = '', action = 'finish', fault = ''] = process.argv.slice(2);
const { samples, features, batch, epochs, units, rate, seed, saveEach, killAfter } = {
  samples: 40,
  features: 4,
  batch: 8,
  epochs: 4,
  units: 16,
  rate: 0.5,
  seed: 7,
  saveEach: 3,
  killAfter: 14,
};

await useBackend(cpuBackend());
const rows = [...Array(samples).keys()].map((row) => [
  row / samples,
  ...[...Array(features).keys()].slice(1).map((column) => Math.sin(row * 7 + column * 3)),
]);
const x = tf.tensor2d(rows);
const y = tf.tensor2d(rows.map(([, first = 0, second = 0]) => [first + second > 0 ? 1 : 0]));

let line: Record<string, unknown> = {};
let steps = 0;

/** Passes its input on, and shows it to `watch` while the model trains. */
class Watch extends layers.Layer {
  static className = 'Watch';
  readonly #watch: (values: Float32Array) => void;

  constructor(watch: (values: Float32Array) => void) {
    super({});
    this.#watch = watch;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training }: { training?: boolean } = {}): tf.Tensor {
    const input = Array.isArray(inputs) ? (inputs[0] as tf.Tensor) : inputs;
    if (training === true) this.#watch(input.dataSync() as Float32Array);
    return tf.clone(input);
  }
}

const seen: StatefulMetric = {
  name: 'seen',
  initial: () => [tf.scalar(0)],
  update: ([count], _yTrue, yPred) => [tf.add(count as tf.Tensor, yPred.shape[0] ?? 0)],
  result: ([count]) => tf.clone(count as tf.Tensor),
};

const model = seeded(seed, () =>
  sequential({
    layers: [
      layers.inputLayer({ inputShape: [features] }),
      new Watch((values) => {
        line['order'] = [...values]
          .filter((_, at) => at % features === 0)
          .map((id) => Math.round(id * samples));
      }),
      layers.dense({ units, activation: 'sigmoid' }),
      layers.dropout({ rate }),
      new Watch(
        (values) => (line['dropout'] = digest([Uint8Array.from(values, (value) => (value === 0 ? 0 : 1))])),
      ),
      layers.dense({ units: 1, activation: 'sigmoid' }),
    ],
  }),
);
const optimizer = adam();
model.compile({ optimizer, loss: 'binaryCrossentropy', metrics: ['accuracy'] });
const stopping = new EarlyStopping({ monitor: 'loss', minDelta: 10, patience: 100 });
const log = join(folder, 'log.csv');
await fit(model, x, y, {
  batchSize: batch,
  epochs,
  seed,
  verbose: 0,
  // The model's layers read their tensors, which a recorded step cannot.
  replay: false,
  metrics: ['accuracy', seen],
  callbacks: [
    stopping,
    new CSVLogger(fileSink(log)),
    ...(fault === 'fresh'
      ? []
      : [new BackupAndRestore(fsStore(join(folder, 'backup')), { saveFreq: saveEach })]),
    new LambdaCallback({
      onTrainBatchBegin: async () => {
        line = { weights: digestWeights(), optimizer: await digestOptimizer() };
      },
      onTrainBatchEnd: (_, logs) => {
        record({ ...line, seen: logs?.['seen'] });
        steps += 1;
        if (action === 'kill' && steps === killAfter) process.kill(process.pid, 'SIGKILL');
      },
    }),
  ],
});

const { epoch, history } = getTrainer(model).history;
record({
  versions: { keepfit: version, tfjs: tf.version_core, node: process.versions.node },
  weights: digestWeights(),
  optimizer: await digestOptimizer(),
  trained: optimizer.iterations,
  metrics: byEpoch(history['accuracy'] ?? []),
  history: byEpoch(history['loss'] ?? []),
  file: existsSync(log) ? readFileSync(log, 'utf8').trim().split(/\r?\n/).slice(1) : [],
  callback: { wait: stopping.wait, best: stopping.best },
});

function byEpoch(values: readonly number[]): Record<string, number> {
  return Object.fromEntries(values.map((value, at) => [String(epoch[at]), value]));
}

function digestWeights(): string {
  return digest(model.getWeights().map((weight) => weight.dataSync()));
}

/** Of its count of steps, its learning rate and its moments, which exist from the first step on. */
async function digestOptimizer(): Promise<string> {
  const numbers = Float64Array.of(optimizer.iterations, optimizer.learningRate);
  const variables = optimizer.iterations === 0 ? [] : await optimizer.getWeights();
  return digest([numbers, ...variables.map(({ tensor }) => tensor.dataSync())]);
}

function digest(arrays: readonly ArrayBufferView[]): string {
  const hash = createHash('sha256');
  for (const { buffer, byteOffset, byteLength } of arrays)
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  return hash.digest('hex').slice(0, 16);
}

function record(values: Record<string, unknown>): void {
  appendFileSync(join(folder, 'records.jsonl'), `${JSON.stringify(values)}\n`);
}
