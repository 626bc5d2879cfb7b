import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromLayers } from '@keepfit/layers';
import type { Bench } from '../bench.js';
import { compare } from '../measure/compare.js';
import { timeDd } from '../measure/yardsticks.js';
import { getQuantile } from '../measure/quartiles.js';
import { getThreadTime } from '../measure/clocks.js';
import { readDigits } from '../subjects/digits.js';
import { BATCH, createDigitTrainer, fitDigits } from '../subjects/fit-digits.js';
import { createConvnet } from '../subjects/layers-model.js';
import { startBackend } from '../subjects/start-backend.js';

const STATE = 2_700_000;

/**
 * Measures how much a durable backup after every n-th batch slows training down, from the first batch to the
 * end of the epoch. It uses wall-clock time because waiting for the disk counts.
 */
export const everyBatch: Bench = async ({ row, plot, folder, quick }) => {
  await startBackend('wasm');
  const steps = quick ? 20 : 60;
  const data = readDigits('train', steps * BATCH);
  const trainer = createDigitTrainer(fromLayers(createConvnet()));
  const points: [number, number][] = [];
  for (const saveFreq of quick ? [1] : [1, 3, 10, 30]) {
    let backups = 0;
    const work: Record<'with' | 'without', number[]> = { with: [], without: [] };
    const trainOnce = async (kind: keyof typeof work) => {
      const start = getThreadTime();
      const run = await fitDigits(trainer, data, {
        folder: join(folder, 'every-batch'),
        saveFreq: kind === 'with' ? saveFreq : undefined,
      });
      work[kind].push(getThreadTime() - start);
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
      unit: '%',
      tolerance: 1,
      value: 100 * (ratio.median - 1),
      spread: [100 * (ratio.low - 1), 100 * (ratio.high - 1)],
      runs,
      facts: {
        steps,
        backups,
        'with, ms a step': subject.median / steps,
        'without, ms a step': yardstick.median / steps,
        'main-thread work more, %': 100 * (getQuantile(work.with, 0.5) / getQuantile(work.without, 0.5) - 1),
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
  const times = [1, 2, 3, 4, 5].flatMap(() => timeDd(source, folder) ?? []).sort((a, b) => a - b);
  return { 'dd conv=fsync of 2.7 MB, ms': times[2] ?? NaN };
}
