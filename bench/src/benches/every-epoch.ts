import { join } from 'node:path';
import type { Bench } from '../bench.js';
import { compare } from '../measure/compare.js';
import { readDigits } from '../subjects/digits.js';
import { BATCH, createDigitTrainer, fitDigits } from '../subjects/fit-digits.js';
import { createConvnet } from '../subjects/layers-model.js';
import { startBackend } from '../subjects/start-backend.js';
import { addBallast } from '../subjects/add-ballast.js';

const STEPS = 100;

/**
 * Measures how much a backup of 150 MB per epoch of 100 steps slows training down, including the first
 * backup, at step 0.
 */
export const everyEpoch: Bench = async ({ row, folder, quick }) => {
  await startBackend('wasm');
  const trainer = createDigitTrainer(addBallast(createConvnet(), 147, 36));
  const data = readDigits('train', STEPS * BATCH);
  const epochs = quick ? 1 : 3;
  let backups = 0;
  const { ratio, subject, yardstick, runs } = await compare(
    async () => {
      ({ backups } = await fitDigits(trainer, data, {
        folder: join(folder, 'every-epoch'),
        saveFreq: 'epoch',
        epochs,
      }));
    },
    async () => {
      await fitDigits(trainer, data, { folder: join(folder, 'every-epoch'), saveFreq: undefined, epochs });
    },
    quick ? 1 : 3,
  );
  row({
    name: "slow-down of training the convnet with saveFreq 'epoch' of 100 steps, 150 MB of state, wasm",
    unit: '%',
    tolerance: 1,
    value: 100 * (ratio.median - 1),
    spread: [100 * (ratio.low - 1), 100 * (ratio.high - 1)],
    runs,
    facts: { epochs, backups, 'with, ms': subject.median, 'without, ms': yardstick.median },
  });
};
