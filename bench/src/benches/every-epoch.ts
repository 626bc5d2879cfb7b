import { join } from 'node:path';
import type { Bench } from '../bench.js';
import { compare } from '../measure/compare.js';
import { digits } from '../subjects/digits.js';
import { BATCH, digitTrainer, fitDigits } from '../subjects/fit-digits.js';
import { convnet } from '../subjects/layers-model.js';
import { startBackend } from '../subjects/start-backend.js';
import { withBallast } from '../subjects/with-ballast.js';

const STEPS = 100;

/** How much slower training gets with a backup of 150 MB at the end of each epoch of 100 steps. The first, at step 0, is in it too. */
export const everyEpoch: Bench = async ({ row, folder, quick }) => {
  await startBackend('wasm');
  const trainer = digitTrainer(withBallast(convnet(), 147, 36));
  const data = digits('train', STEPS * BATCH);
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
    limit: 1,
    unit: '%',
    value: 100 * (ratio.median - 1),
    spread: [100 * (ratio.low - 1), 100 * (ratio.high - 1)],
    runs,
    facts: { epochs, backups, 'with, ms': subject.median, 'without, ms': yardstick.median },
  });
};
