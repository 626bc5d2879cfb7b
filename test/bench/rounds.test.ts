import { createHash } from 'node:crypto';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { DigitTensors } from '../../bench/src/rounds/classifier.js';
import { getBytesPerSample, predictSpeed } from '../../bench/src/rounds/predict-speed.js';
import { FULL, plotLoss, plotSpeed, simulate } from '../../bench/src/rounds/simulate.js';
import { type Execution, type Settings, train } from '../../bench/src/rounds/train.js';
import { readDigits } from '../../bench/src/subjects/digits.js';
import { startBackend } from '../../bench/src/subjects/start-backend.js';

beforeAll(() => startBackend('wasm'));

const settings: Settings = {
  ...{ workers: 3, rows: 4, steps: 10, localSteps: 4, learningRate: 0.05 },
  ...{ outer: 'nesterov', seed: 3 },
};

function digest(changed: Partial<Settings>, execution?: Execution): string {
  const data = new DigitTensors(readDigits('train', 60));
  const weights = train(data, { ...settings, ...changed }, execution);
  data.dispose();
  return createHash('sha256').update(weights).digest('hex');
}

test.each([0, 4])(
  'with %s local steps, nobody sees who did what in which order, and how often',
  (localSteps) => {
    const whole = digest({ localSteps });
    // The first worker is killed in each round, and its work is done by another one.
    expect(digest({ localSteps }, { order: (round) => (round % 2 === 0 ? [2, 0, 1, 0] : [1, 2, 0]) })).toBe(
      whole,
    );
    expect(digest({ localSteps, workers: 4 })).not.toBe(whole);
  },
);

test('a round of one step, with the mean of changes, is a plain step up to rounding', () => {
  const tensors = tf.memory().numTensors;
  const data = new DigitTensors(readDigits('train', 60));
  const [one, other] = [1, 0].map((localSteps) =>
    train(data, { ...settings, localSteps, steps: 1, outer: 'mean' }),
  );
  data.dispose();
  expect(one?.every((value, at) => Math.abs(value - (other?.[at] ?? NaN)) < 1e-6)).toBe(true);
  expect(tf.memory().numTensors).toBe(tensors);
});

test('all ways to train learn, and the plots have their curves', () => {
  const ways = simulate({
    ...FULL,
    ...{ samples: 320, testSamples: 100, steps: 20, localSteps: [0, 5], learningRates: [0.1] },
  });
  expect(ways).toHaveLength(3);
  for (const { finalLoss } of ways) expect(finalLoss).toBeLessThan(1.9);
  expect(plotLoss(ways).lines.map(({ points }) => points.length)).toEqual([20, 4]);
  expect(plotSpeed(FULL).lines).toHaveLength(5);
});

test('a round of 100 steps sends a hundredth of the bytes, and a slow line no longer decides', () => {
  const load = { bytes: 1e6, secondsPerSample: 1e-3, workers: 4, rows: 20 };
  expect(getBytesPerSample(load, 0)).toBe(1e5);
  expect(getBytesPerSample(load, 100)).toBe(1e3);
  // 0.8 s for 10 samples, and 8 ms for each.
  expect(predictSpeed(load, 0, 1e6)).toBeCloseTo(4 / 0.801);
  expect(predictSpeed(load, 100, 1e6)).toBeCloseTo(4 / 0.009);
});
