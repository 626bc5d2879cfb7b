import { join } from 'node:path';
import type { Bench } from '../bench.js';
import { compare } from '../measure/compare.js';
import { getQuartiles } from '../measure/quartiles.js';
import { readDigits } from '../subjects/digits.js';
import { BATCH, createDigitTrainer, fitDigits } from '../subjects/fit-digits.js';
import { createConvnet } from '../subjects/layers-model.js';
import { startBackend } from '../subjects/start-backend.js';
import { addBallast } from '../subjects/add-ballast.js';

const STEPS = 100;

/**
 * Measures how much a backup of 150 MB per epoch of 100 steps slows training down: of a whole fit, which waits for
 * its first backup before the first step and for the last one at the end, and of the time between these two.
 */
export const everyEpoch: Bench = async ({ row, folder, quick }) => {
  await startBackend('wasm');
  const trainer = createDigitTrainer(addBallast(createConvnet(), 147, 36));
  const data = readDigits('train', STEPS * BATCH);
  const epochs = quick ? 1 : 3;
  let backups = 0;
  const between: Record<'with' | 'without', number[]> = { with: [], without: [] };
  const { ratio, subject, yardstick, runs } = await compare(
    async () => {
      const run = await fitDigits(trainer, data, {
        folder: join(folder, 'every-epoch'),
        saveFreq: 'epoch',
        epochs,
      });
      between.with.push(run.milliseconds);
      ({ backups } = run);
    },
    async () => {
      const run = await fitDigits(trainer, data, {
        folder: join(folder, 'every-epoch'),
        saveFreq: undefined,
        epochs,
      });
      between.without.push(run.milliseconds);
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
  // Without the round that warms up.
  const [beside, alone] = [between.with.slice(1), between.without.slice(1)];
  const { median, low, high } = getQuartiles(beside.map((time, round) => time / (alone[round] ?? NaN)));
  row({
    name: 'the same, from the first step to the end of the last epoch',
    unit: '%',
    tolerance: 1,
    value: 100 * (median - 1),
    spread: [100 * (low - 1), 100 * (high - 1)],
    runs,
    facts: { 'with, ms': getQuartiles(beside).median, 'without, ms': getQuartiles(alone).median },
  });
};
