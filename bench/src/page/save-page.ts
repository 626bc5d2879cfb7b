import { cpuBackend } from '@keepfit/backend-cpu';
import { encodeCheckpoint } from '@keepfit/callbacks/checkpoint';
import { useBackend } from '@keepfit/fit';
import { fromLayers } from '@keepfit/layers';
import { indexedDBStore } from '@keepfit/store-indexeddb';
import { train } from '@tensorflow/tfjs-core';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { captured } from '../measure/captured.js';
import { checkpointHeader } from '../measure/checkpoint-header.js';

/** Milliseconds of the clock from beginning to end, and the longest time for which the page did nothing else. */
export interface Watched {
  readonly time: number;
  readonly block: number;
}

export interface SaveRound {
  readonly backup: Watched;
  readonly save: Watched;
}

const HIDDEN = 128;

/**
 * A page that saves one model in two ways, in changing order: as a checkpoint, and by tfjs' `model.save`, each to IndexedDB. The weights
 * alone, so that both store the same tensors: plain gradient descent has no state.
 */
const benchPage = {
  async rounds(megabytes: number, rounds: number): Promise<SaveRound[]> {
    await useBackend(cpuBackend());
    const model = wide(megabytes);
    const store = indexedDBStore('keepfit');
    const results: SaveRound[] = [];
    await captured(fromLayers(model), async (capture) => {
      const byKeepfit = () => store.set('backup', encodeCheckpoint(capture, checkpointHeader()));
      const byTfjs = () => model.save('indexeddb://tfjs');
      for (let round = -1; round < rounds; round++) {
        const isFirst = round % 2 === 0;
        const before = isFirst ? undefined : await watched(byTfjs);
        const backup = await watched(byKeepfit);
        const save = before ?? (await watched(byTfjs));
        if (round >= 0) results.push({ backup, save });
      }
    });
    return results;
  },
};

Object.assign(globalThis, { benchPage });

/** Dense layers of so many weights that they come to `megabytes` of 10^6 bytes. */
function wide(megabytes: number): LayersModel {
  const units = Math.round((megabytes * 1e6) / 4 / HIDDEN / 2);
  const zeros = 'zeros' as const;
  const model = sequential({
    layers: [
      layers.dense({ units: HIDDEN, inputShape: [784], kernelInitializer: zeros }),
      layers.dense({ units, kernelInitializer: zeros }),
      layers.dense({ units: HIDDEN, kernelInitializer: zeros }),
      layers.dense({ units: 10, activation: 'softmax', kernelInitializer: zeros }),
    ],
  });
  model.compile({ optimizer: train.sgd(0.01), loss: 'categoricalCrossentropy' });
  return model;
}

/** Sends itself messages meanwhile: where the page is busy, they come late. */
async function watched(run: () => Promise<unknown>): Promise<Watched> {
  const { port1, port2 } = new MessageChannel();
  let block = 0;
  let last = performance.now();
  port1.onmessage = () => {
    const now = performance.now();
    block = Math.max(block, now - last);
    last = now;
    port2.postMessage(undefined);
  };
  const start = last;
  port2.postMessage(undefined);
  await run();
  const end = performance.now();
  port1.close();
  return { time: end - start, block: Math.max(block, end - last) };
}
