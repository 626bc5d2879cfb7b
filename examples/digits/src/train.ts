// One training process. It continues from its backup if there is one, takes its order from its parent, and
// reports its progress.
import { BackupAndRestore, type CallbackHooks, fit, seeded, useBackend } from 'keepfit';
import { cpuBackend } from '@keepfit/backend-cpu';
import { wasmBackend } from '@keepfit/backend-wasm';
import { threads, type ThreadsEngine } from '@keepfit/engine-threads';
import { fsStore } from '@keepfit/store-fs';
import * as tf from '@tensorflow/tfjs-core';
import type { Sequential } from '@tensorflow/tfjs-layers';
import { Worker } from 'node:worker_threads';
import { buildModel } from './build-model.js';
import { findMnist, readDigits } from './digits.js';
import type { Order, Report } from './messages.js';
import { proveResult } from './proof.js';

/** Parts of a batch, so that up to four workers have something to do. */
const SHARDS = 4;

/** After so many batches of an epoch, a worker is ended. */
const BATCHES_A_WORKER = 15;

process.once('message', (order: Order) => {
  train(order)
    .catch((error: unknown) => {
      console.error(`\n${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    })
    .finally(() => process.disconnect());
});

async function train({ options, isInterrupted, spoils }: Order): Promise<void> {
  await useBackend(options.backend === 'wasm' ? wasmBackend() : cpuBackend());
  const { training, test, side, classes } = await readDigits(
    options.data === '' ? findMnist() : options.data,
    options.digits,
  );
  const model = seeded(options.seed, () => buildModel(side, classes));
  const backup = isInterrupted
    ? [new BackupAndRestore(fsStore(options.backup), { saveFreq: options.saveFreq })]
    : [];
  const fault = spoils ? [spoilWeight(model)] : [];
  const threaded = isInterrupted && options.workers > 0 ? createWorkers(options.workers) : undefined;
  await fit(model, training.x, training.y, {
    epochs: options.epochs,
    batchSize: 32,
    seed: options.seed,
    validationData: [test.x, test.y],
    // Both runs cut their batches, which is a setting of the training. Only the one that is killed has an engine.
    ...(options.workers > 0 && { shards: SHARDS }),
    ...(threaded && { engine: threaded.engine }),
    callbacks: [
      ...(threaded ? [threaded.endWorkers] : []),
      ...backup,
      ...fault,
      tellProgress,
      proveResult((proof, { history }) => report({ kind: 'done', proof, history })),
    ],
  });
}

/** Worker threads, and a callback that ends one of them from time to time, in the middle of a step. */
function createWorkers(workers: number): { engine: ThreadsEngine; endWorkers: CallbackHooks } {
  let last: Worker | undefined;
  const worker = (): Worker => (last = new Worker(new URL('./worker.mjs', import.meta.url)));
  const endWorkers: CallbackHooks = {
    batchLogs: false,
    onTrainBatchBegin(batch) {
      if (batch % BATCHES_A_WORKER !== BATCHES_A_WORKER - 1) return;
      setTimeout(() => void last?.terminate(), 10 * Math.random());
      report({ kind: 'worker' });
    },
  };
  return { engine: threads({ workers, worker }), endWorkers };
}

const tellProgress: CallbackHooks = {
  batchLogs: false,
  setParams: ({ steps }) => report({ kind: 'begin', steps: steps ?? 0 }),
  onTrainBatchEnd: (batch) => report({ kind: 'batch', batch }),
  onEpochBegin: (epoch) => report({ kind: 'epoch', epoch }),
};

function report(message: Report): void {
  process.send?.(message);
}

/** The planted fault: it acts like a restore that loses the last digit of one weight. */
function spoilWeight(model: Sequential): CallbackHooks {
  let isDone = false;
  return {
    batchLogs: false,
    onTrainBatchBegin() {
      if (isDone) return;
      isDone = true;
      const weights = model.getWeights();
      const spoiled = weights.map((weight) => tf.mul(weight, 1 + 2 ** -22));
      model.setWeights(spoiled);
      for (const tensor of spoiled) tensor.dispose();
    },
  };
}
