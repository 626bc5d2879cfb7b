import '@tensorflow/tfjs';
import { cpuBackend } from '@keepfit/backend-cpu';
import { seeded, useBackend } from '@keepfit/fit';
import { evaluate, fit } from '@keepfit/layers';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { caught } from '../../fit/test/helpers/caught.js';

const X = [[1], [2], [3], [4]];
const Y = [[2], [4], [6], [8]];
const batches = () => X.map((row, index) => ({ xs: [row], ys: [Y[index]!] }));

beforeAll(() => useBackend(cpuBackend()));

test('the options come right after batches, those of layers too', async () => {
  const begins: number[] = [];
  const model = createModel();
  const callbacks = { onTrainBatchBegin: (batch: number) => void begins.push(batch) };
  const { history } = await fit(model, batches, { epochs: 2, stepsPerExecution: 2, verbose: 0, callbacks });
  expect(begins).toEqual([0, 2, 0, 2]);
  const arrays = { epochs: 2, batchSize: 1, shuffle: false, verbose: 0 } as const;
  expect(history).toEqual((await fit(createModel(), X, Y, arrays)).history);
  expect(await evaluate(model, batches, { steps: 4, verbose: 0 })).toEqual(
    await evaluate(model, X, Y, { batchSize: 1, verbose: 0 }),
  );
});

test.each<[what: string, given: readonly unknown[], message: RegExp]>([
  ['arrays without targets', [X], /^KEEPFIT_INVALID_DATA: y is missing/],
  [
    'options in the place of targets',
    [X, { epochs: 1, stepsPerExecution: 2 }],
    /^KEEPFIT_INVALID_DATA: y must have exactly the keys .*\(x, y, options\)/,
  ],
  ['a hole before the options', [batches, undefined, { verbose: 0 }], /^KEEPFIT_INVALID_OPTION: .*too many/],
  ['targets with batches', [batches, Y, { verbose: 0 }], /^KEEPFIT_INVALID_DATA: y of fit must be left out/],
  ['null for options', [X, Y, null], /^KEEPFIT_INVALID_OPTION: the options of fit must be an object/],
])('refuses %s', async (_what, given, message) => {
  const run = fit as (model: LayersModel, ...all: readonly unknown[]) => Promise<unknown>;
  expect((await caught(run(createModel(), ...given))).message).toMatch(message);
});

function createModel(): LayersModel {
  const model = seeded(1, () => sequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] }));
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  return model;
}
