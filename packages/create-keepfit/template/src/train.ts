// Kill it at any time and start it again: it continues with the next batch.
import * as tf from '@tensorflow/tfjs';
import { wasmBackend } from '@keepfit/backend-wasm';
import { BackupAndRestore, CSVLogger, fit, saveWeights, seeded, untilSignal, useBackend } from 'keepfit';
import { log, store } from './store.js';

await useBackend(wasmBackend());

// Points in a square, and whether they lie within a circle. Put your data here.
const x = tf.randomUniform([2000, 2], -1, 1, 'float32', 7);
const y = tf.less(tf.sum(tf.square(x), 1, true), 0.6);

// With the same seeds, two trainings end with the same bits.
const model = seeded(7, () =>
  tf.sequential({
    layers: [
      tf.layers.dense({ units: 32, activation: 'relu', inputShape: [2] }),
      tf.layers.dropout({ rate: 0.1 }),
      tf.layers.dense({ units: 1, activation: 'sigmoid' }),
    ],
  }),
);
model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy'] });

// Ctrl-C and SIGTERM end it with a backup.
await untilSignal(['SIGTERM', 'SIGINT'], async (preemption) => {
  await fit(model, x, y, {
    epochs: Number(process.env['EPOCHS'] ?? 50),
    validationSplit: 0.2,
    seed: 7,
    callbacks: [
      // A complete training keeps its checkpoint, so that one start too many trains nothing.
      new BackupAndRestore(store, { saveFreq: 20, preemption, deleteCheckpoint: false }),
      new CSVLogger(log),
    ],
  });
  await saveWeights(model, store, 'weights');
});
