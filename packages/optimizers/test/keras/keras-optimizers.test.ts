import { fileURLToPath } from 'node:url';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { readMore, readRecording } from './recordings.js';
import { createSchedule, replay } from './replay.js';

const folder = process.env['KEEPFIT_KERAS'] ?? fileURLToPath(new URL('../data/keras', import.meta.url));
const recorded = readRecording(`${folder}/optimizers.json`);
const more = readMore(fileURLToPath(new URL('./more-optimizers.json', import.meta.url)));

beforeAll(async () => {
  await tf.setBackend('cpu');
  // Files share a process, and another one may have left a variable with the name of one here.
  tf.disposeVariables();
});

if (recorded.optimizers.length === 0)
  test.skip('equals Keras: the folder has no optimizers.json', () => undefined);

for (const [index, each] of [...recorded.optimizers, ...more.optimizers].entries()) {
  test(`equals Keras: ${each.optimizer} ${JSON.stringify(each.options)} #${index}`, () => {
    const { weights, rates, finalized } = replay(each);
    expect(Math.max(...weights), `after each step: ${weights.join(' ')}`).toBeLessThan(1);
    expect(Math.max(0, ...rates)).toBeLessThan(1e-6);
    expect(finalized).toBeLessThan(1);
  });
}

for (const [index, { schedule, options, rates }] of [...recorded.schedules, ...more.schedules].entries()) {
  test(`equals Keras: ${schedule} ${JSON.stringify(options)} #${index}`, () => {
    const rateAt = createSchedule(schedule, options);
    rates.forEach((rate, step) => {
      expect(Math.abs(rateAt(step) - rate), `step ${step}`).toBeLessThanOrEqual(
        1e-6 * Math.abs(rate) + 1e-12,
      );
    });
  });
}
