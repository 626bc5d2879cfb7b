import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from '../bench.js';
import { getQuantile } from '../measure/quartiles.js';
import { getExtraTime, timeSteps, type StepTimes } from '../measure/time-steps.js';
import { createMlp } from '../subjects/layers-model.js';
import { startBackend } from '../subjects/start-backend.js';
import { addBallast } from '../subjects/add-ballast.js';

/**
 * Measures how the stall of a step and the memory grow with the bytes of the state and with its number of
 * tensors.
 */
export const growth: Bench = async ({ row, plot, folder, quick }) => {
  await startBackend('wasm');
  const run = async (megabytes: number, tensors: number): Promise<StepTimes> => {
    const model = addBallast(createMlp(), megabytes, tensors);
    const times = await timeSteps(model, join(folder, 'growth'), 500, 250);
    for (const { variable } of model.weights) variable.dispose();
    rmSync(join(folder, 'growth'), { recursive: true });
    return times;
  };
  const sizes = quick ? [1, 10] : [1, 10, 100, 1000];
  const bySize = [];
  for (const megabytes of sizes) bySize.push([megabytes, await run(megabytes, 36)] as const);
  const counts = quick ? [10, 100] : [10, 100, 1000, 2000];
  const byCount = [];
  for (const tensors of counts) byCount.push([tensors, await run(20, tensors)] as const);

  for (const [runs, file, x] of [
    [bySize, 'stall-by-size', 'state, MB in 36 tensors'],
    [byCount, 'stall-by-tensors', 'tensors, 20 MB in all'],
  ] as const) {
    const lines = [
      {
        name: 'median extra time of a step',
        points: runs.map(([at, times]) => [at, floor(getExtraTime(times, 0.5))] as const),
      },
      {
        name: 'longest step of a backup, less the median of the others',
        points: runs.map(([at, times]) => [at, floor(worst(times))] as const),
      },
    ];
    plot({
      file,
      title: 'What a backup costs the steps beside it, MLP on WASM',
      x,
      y: 'ms',
      isLogarithmic: true,
      lines,
    });
    const [first, last] = [runs[0], runs.at(-1)];
    if (first === undefined || last === undefined) continue;
    const value = Math.log(floor(worst(last[1])) / floor(worst(first[1]))) / Math.log(last[0] / first[0]);
    row({
      name: `growth of the longest stall over ${x}, as an exponent`,
      unit: '',
      tolerance: 0.1,
      value,
      spread: [value, value],
      runs: runs.length,
      facts: Object.fromEntries(runs.map(([at, times]) => [`longest at ${at}, ms`, worst(times)])),
    });
  }
};

function worst({ during, outside }: StepTimes): number {
  return Math.max(...during) - getQuantile(outside, 0.5);
}

/** A logarithm needs a positive number. */
function floor(milliseconds: number): number {
  return Math.max(0.01, milliseconds);
}
