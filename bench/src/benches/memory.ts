import { join } from 'node:path';
import { BackupAndRestore } from '@keepfit/callbacks';
import { Trainer } from '@keepfit/fit';
import { fsStore } from '@keepfit/store-fs';
import { add, mean, mul, type Scalar, type Tensor, train } from '@tensorflow/tfjs-core';
import type { Bench } from '../bench.js';
import { watchHeldBytes } from '../measure/held-bytes.js';
import { createBallast } from '../subjects/add-ballast.js';
import { startBackend } from '../subjects/start-backend.js';
import { createRandomData } from '../subjects/random-data.js';

/**
 * Measures the bytes that backups hold at their peak, relative to the state: by tensors, old and new, or by wasm's
 * memory if that grows by more; and by the buffers of the store. Every step replaces the whole state.
 */
export const memory: Bench = async ({ row, folder, quick }) => {
  const megabytes = 150;
  for (const backend of ['cpu', 'wasm'] as const) {
    await startBackend(backend);
    const held = watchHeldBytes();
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
      held.reset();
      await trainer.fit(x, x, { batchSize: 1, shuffle: false, verbose: 0, callbacks });
      return { tensors: held.tensors() / 1e6, heap: held.heap() / 1e6, buffers: held.buffers() / 1e6 };
    };
    await run([]);
    const without = await run([]);
    const beside = await run([
      new BackupAndRestore(fsStore(join(folder, `memory-${backend}`)), { saveFreq: 4 }),
    ]);
    const tensors = beside.tensors - without.tensors;
    const heap = beside.heap - without.heap;
    const buffers = beside.buffers - without.buffers;
    const value = (Math.max(tensors, heap) + buffers) / megabytes;
    row({
      name: `bytes held at the peak of a backup ÷ state of ${megabytes} MB, ${backend}`,
      unit: '×',
      tolerance: 0.1,
      value,
      spread: [value, value],
      runs: 1,
      facts: {
        'tensors, MB': tensors,
        'growth of wasm’s memory, MB': heap,
        'buffers of the store, MB': buffers,
        'tensors without backups, MB': without.tensors,
        'peak RSS, MB': process.resourceUsage().maxRSS / 1000,
      },
    });
    for (const { variable } of weights) variable.dispose();
  }
};
