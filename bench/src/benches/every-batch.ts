import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromLayers } from '@keepfit/layers';
import type { Bench } from '../bench.js';
import { compare } from '../measure/compare.js';
import { dd } from '../measure/dd.js';
import { quantile } from '../measure/quartiles.js';
import { threadTime } from '../measure/thread-time.js';
import { digits } from '../subjects/digits.js';
import { BATCH, digitTrainer, fitDigits } from '../subjects/fit-digits.js';
import { convnet } from '../subjects/layers-model.js';
import { startBackend } from '../subjects/start-backend.js';

const STATE = 2_700_000;

/**
 * How much slower training gets with a durable backup after every n-th batch, from the first batch to the end of the epoch. Wall time: what
 * waits for the disk counts.
 */
export const everyBatch: Bench = async ({ row, plot, folder, quick }) => {
  await startBackend('wasm');
  const steps = quick ? 20 : 60;
  const data = digits('train', steps * BATCH);
  const trainer = digitTrainer(fromLayers(convnet()));
  const points: [number, number][] = [];
  for (const saveFreq of quick ? [1] : [1, 3, 10, 30]) {
    let backups = 0;
    const where = join(folder, 'every-batch');
    const work: Record<'with' | 'without', number[]> = { with: [], without: [] };
    const trainOnce = async (kind: keyof typeof work) => {
      const start = threadTime();
      const run = await fitDigits(trainer, data, {
        folder: where,
        saveFreq: kind === 'with' ? saveFreq : undefined,
      });
      work[kind].push(threadTime() - start);
      if (kind === 'with') ({ backups } = run);
      return run.milliseconds;
    };
    const { ratio, subject, yardstick, runs } = await compare(
      () => trainOnce('with'),
      () => trainOnce('without'),
      saveFreq === 1 && !quick ? 9 : 3,
    );
    points.push([saveFreq, 100 * (ratio.median - 1)]);
    row({
      name: `slow-down of training the convnet with saveFreq ${saveFreq}, wasm`,
      ...(saveFreq === 1 && { limit: 5 }),
      unit: '%',
      value: 100 * (ratio.median - 1),
      spread: [100 * (ratio.low - 1), 100 * (ratio.high - 1)],
      runs,
      facts: {
        steps,
        backups,
        'with, ms a step': subject.median / steps,
        'without, ms a step': yardstick.median / steps,
        'main-thread work more, %': 100 * (quantile(work.with, 0.5) / quantile(work.without, 0.5) - 1),
        ...disk(folder),
      },
    });
  }
  plot({
    file: 'slow-down',
    title: 'Slow-down of training, MNIST convnet on WASM',
    x: 'saveFreq, batches',
    y: '%',
    isLogarithmic: false,
    lines: [{ name: 'fsStore', points }],
  });
};

function disk(folder: string): Record<string, number> {
  const source = join(folder, 'source.bin');
  writeFileSync(source, new Uint8Array(STATE).fill(1));
  const times = [1, 2, 3, 4, 5].flatMap(() => dd(source, folder) ?? []).sort((a, b) => a - b);
  return { 'dd conv=fsync of 2.7 MB, ms': times[2] ?? NaN };
}
