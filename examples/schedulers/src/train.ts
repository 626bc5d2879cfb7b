// The program of a job: it trains, backs up when the job is taken away, and prints digests of the result. Start it again
// to continue. Workers may compute its shards: see open-engine.ts.
import * as tf from '@tensorflow/tfjs-core';
import { layers, type Sequential, sequential } from '@tensorflow/tfjs-layers';
import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, fit, seeded, untilSignal, useBackend } from 'keepfit';
import { proveResult } from '../../digits/src/proof.js';
import { openEngine } from './open-engine.js';
import { openStore } from './open-store.js';
import { reportSteps } from './report-steps.js';

const { EPOCHS = '8', SEED = '1', PAUSE = '' } = process.env;
const [SAMPLES, FEATURES, BATCH] = [160, 6, 16];
const seed = Number(SEED);

await useBackend(cpuBackend());
const model = seeded(seed, buildModel);
const x = tf.randomUniform([SAMPLES, FEATURES], 0, 1, 'float32', 7);
const y = tf.sum(x, 1, true);
const { close, ...shared } = await openEngine();

await untilSignal(['SIGTERM'], (preemption) =>
  fit(model, x, y, {
    epochs: Number(EPOCHS),
    batchSize: BATCH,
    seed,
    // Alone and with workers: another number gives other bits.
    shards: 4,
    ...shared,
    verbose: 0,
    validationSplit: 0.2,
    callbacks: [
      reportSteps(PAUSE === '' ? undefined : Number(PAUSE), preemption),
      new BackupAndRestore(openStore(), { preemption, lockTimeout: 120, deleteCheckpoint: false }),
      proveResult((proof) => console.log(`result ${JSON.stringify(proof)}`)),
    ],
  }),
);
await close();

function buildModel(): Sequential {
  const built = sequential({
    layers: [
      layers.dense({ units: 16, activation: 'relu', inputShape: [FEATURES] }),
      layers.batchNormalization({}),
      layers.dropout({ rate: 0.2 }),
      layers.dense({ units: 1 }),
    ],
  });
  built.compile({ optimizer: tf.train.adam(0.01), loss: 'meanSquaredError' });
  return built;
}
