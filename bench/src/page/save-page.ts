import { cpuBackend } from '@keepfit/backend-cpu';
import { encodeCheckpoint } from '@keepfit/callbacks/checkpoint';
import { useBackend } from '@keepfit/fit';
import { fromLayers } from '@keepfit/layers';
import { indexedDBStore } from '@keepfit/store-indexeddb';
import { train } from '@tensorflow/tfjs-core';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { withCapture, createHeader } from '../measure/with-capture.js';

/** The milliseconds from start to end, and the longest time for which the page was blocked. */
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
 * Saves one model to IndexedDB in two ways, in changing order: as a checkpoint, and with tfjs' `model.save`.
 * Plain gradient descent has no state, so both store the same tensors.
 */
const benchPage = {
  async rounds(megabytes: number, rounds: number): Promise<SaveRound[]> {
    await useBackend(cpuBackend());
    const model = createWideModel(megabytes);
    const store = indexedDBStore('keepfit');
    const results: SaveRound[] = [];
    await withCapture(fromLayers(model), async (capture) => {
      const byKeepfit = () => store.set('backup', encodeCheckpoint(capture, createHeader()));
      const byTfjs = () => model.save('indexeddb://tfjs');
      for (let round = -1; round < rounds; round++) {
        const isFirst = round % 2 === 0;
        const before = isFirst ? undefined : await watch(byTfjs);
        const backup = await watch(byKeepfit);
        const save = before ?? (await watch(byTfjs));
        if (round >= 0) results.push({ backup, save });
      }
    });
    return results;
  },
};

Object.assign(globalThis, { benchPage });

/**
 * Creates dense layers whose weights have `megabytes` of 10^6 bytes. They are random because Chromium compresses
 * what `model.save` stores, and trained weights hardly shrink.
 */
function createWideModel(megabytes: number): LayersModel {
  const units = Math.round((megabytes * 1e6) / 4 / HIDDEN / 2);
  const kernelInitializer = 'randomUniform' as const;
  const model = sequential({
    layers: [
      layers.dense({ units: HIDDEN, inputShape: [784], kernelInitializer }),
      layers.dense({ units, kernelInitializer }),
      layers.dense({ units: HIDDEN, kernelInitializer }),
      layers.dense({ units: 10, activation: 'softmax', kernelInitializer }),
    ],
  });
  model.compile({ optimizer: train.sgd(0.01), loss: 'categoricalCrossentropy' });
  return model;
}

/** Times a run. Messages that the page sends itself meanwhile arrive late if it is blocked. */
async function watch(run: () => Promise<unknown>): Promise<Watched> {
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
