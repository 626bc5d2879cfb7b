import { join } from 'node:path';
import { BackupAndRestore } from '@keepfit/callbacks';
import { Trainer } from '@keepfit/fit';
import { fsStore } from '@keepfit/store-fs';
import { add, mean, mul, type Scalar, type Tensor, train } from '@tensorflow/tfjs-core';
import type { Bench } from '../bench.js';
import { createBallast } from '../subjects/add-ballast.js';
import { startBackend } from '../subjects/start-backend.js';
import { createRandomData } from '../subjects/random-data.js';

/** Measures the extra peak memory of backups, relative to the state. Every step replaces the whole state. */
export const memory: Bench = async ({ row, folder, quick }) => {
  for (const [backend, megabytes] of [
    ['cpu', 150],
    ['wasm', 150],
  ] as const) {
    await startBackend(backend);
    // Half for the weights, half for the momentum.
    const weights = createBallast(megabytes / 2, 36, true);
    const call = (x: Tensor | Tensor[]) => {
      const sum = weights
        .map(({ variable }) => mean(variable) as Scalar)
        .reduce((total, part): Scalar => add(total, part));
      return mul(x as Tensor, sum);
    };
    const trainer = new Trainer(
      { weights, call },
      { optimizer: train.momentum(1e-6, 0.9), loss: 'meanSquaredError' },
    );
    const { x } = createRandomData(quick ? 8 : 24, [1], 1);
    const run = async (callbacks: BackupAndRestore[]) => {
      await trainer.fit(x, x, { batchSize: 1, shuffle: false, verbose: 0, callbacks });
      return process.resourceUsage().maxRSS / 1000;
    };
    await run([]);
    const without = await run([]);
    const beside = await run([
      new BackupAndRestore(fsStore(join(folder, `memory-${backend}`)), { saveFreq: 4 }),
    ]);
    const value = (beside - without) / megabytes;
    row({
      name: `peak extra memory during backups ÷ state of ${megabytes} MB, ${backend}`,
      limit: 1.15,
      unit: '×',
      tolerance: 0.1,
      value,
      spread: [value, value],
      runs: 1,
      facts: { 'peak without backups, MB': without, 'peak with backups, MB': beside },
    });
    for (const { variable } of weights) variable.dispose();
  }
};
