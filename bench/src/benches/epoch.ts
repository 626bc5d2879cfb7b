import { join } from 'node:path';
import { BackupAndRestore } from '@keepfit/callbacks';
import { fromLayers } from '@keepfit/layers';
import { fsStore } from '@keepfit/store-fs';
import type { Bench } from '../bench.js';
import { time } from '../measure/compare.js';
import { readDigits } from '../subjects/digits.js';
import { BATCH, createDigitTrainer } from '../subjects/fit-digits.js';
import { createConvnet } from '../subjects/layers-model.js';
import { startBackend } from '../subjects/start-backend.js';
import { cutBatches, trainByHand } from '../subjects/train-by-hand.js';

/**
 * Compares a complete epoch with validation, progress bar and backups with its train steps alone, timed
 * before and after it.
 */
export const epoch: Bench = async ({ row, folder, quick }) => {
  await startBackend('wasm');
  const samples = quick ? 3200 : 60_000;
  const data = readDigits('train', samples);
  const test = readDigits('t10k', quick ? 500 : 10_000);
  const sample = readDigits('train', (quick ? 20 : 200) * BATCH);
  const batches = cutBatches(sample.x, sample.y, BATCH);
  const byHand = createConvnet();
  trainByHand(byHand, batches.slice(0, 10));
  const trainer = createDigitTrainer(fromLayers(createConvnet()));
  const stepTime = async () => (await time(() => trainByHand(byHand, batches))) / batches.length;
  const stepBefore = await stepTime();
  const whole = await time(() =>
    trainer.fit(data.x, data.y, {
      batchSize: BATCH,
      verbose: 1,
      validationData: [test.x, test.y],
      callbacks: [new BackupAndRestore(fsStore(join(folder, 'epoch')), { saveFreq: 100 })],
    }),
  );
  const step = (stepBefore + (await stepTime())) / 2;
  const value = whole / (step * Math.ceil(samples / BATCH));
  row({
    name: `epoch of ${samples} digits with validation, progress bar and a backup each 100 batches ÷ its train steps alone, wasm`,
    unit: '×',
    value,
    spread: [value, value],
    runs: 1,
    facts: { 'whole, s': whole / 1000, 'step by hand, ms': step },
  });
};
