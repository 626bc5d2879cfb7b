import { cpuBackend } from '@keepfit/backend-cpu';
import { nodeBackend } from '@keepfit/backend-node';
import { wasmBackend } from '@keepfit/backend-wasm';
import { webglBackend } from '@keepfit/backend-webgl';
import { webgpuBackend } from '@keepfit/backend-webgpu';
import { BackupAndRestore, type CheckpointStore, isKeepfitError } from '@keepfit/callbacks';
import { storeConformance } from '@keepfit/callbacks/testing';
import { type Model, Trainer, useBackend } from '@keepfit/fit';
import { fit } from '@keepfit/layers';
import { fsStore } from '@keepfit/store-fs';
import { indexedDBStore } from '@keepfit/store-indexeddb';
import { memoryStore } from '@keepfit/store-memory';
import { opfsStore } from '@keepfit/store-opfs';
import * as tf from '@tensorflow/tfjs-core';
import { sequential } from '@tensorflow/tfjs-layers';
import * as keepfit from 'keepfit';
import { runCommand, type Terminal } from 'keepfit/cli';

export async function resume(model: Model): Promise<number[]> {
  const stores: CheckpointStore[] = [
    memoryStore(),
    fsStore('runs/backup'),
    indexedDBStore('backup'),
    opfsStore('backup'),
  ];
  const callbacks = stores.map((store, index) => new BackupAndRestore(store, { name: `backup${index}` }));
  await useBackend([nodeBackend(), webgpuBackend(), webglBackend(), wasmBackend(), cpuBackend()]);
  const trainer = new Trainer(model, { optimizer: tf.train.adam(), loss: 'mse' });
  try {
    const history = await trainer.fit(tf.ones([4, 2]), tf.zeros([4, 1]), { epochs: 2, callbacks });
    return history.epoch;
  } catch (error) {
    if (isKeepfitError(error) && error.code === 'KEEPFIT_STORE_LOCKED') return [];
    throw error;
  }
}

export const trained = fit(sequential(), tf.ones([4, 2]), tf.zeros([4, 1]), { epochs: 1 });
/** What `keepfit` exports is what the scoped packages export. */
export const oneOfBoth: [typeof fit, typeof Trainer, typeof BackupAndRestore] = [
  keepfit.fit,
  keepfit.Trainer,
  keepfit.BackupAndRestore,
];
export const asModel = (model: keepfit.Model): Model => model;
export const inspect = (terminal: Terminal): Promise<number> =>
  runCommand(['inspect', 'runs/backup'], '1.0.0', terminal);
export const kit: typeof storeConformance = storeConformance;

// @ts-expect-error saveFreq is "epoch" or a number: the types must be there, and not be any
export const wrong = new BackupAndRestore(memoryStore(), { saveFreq: 'batch' });
