import { predict as keepfitPredict } from '@keepfit/layers';
import { dispose, type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { Bench } from '../bench.js';
import { compare, createRatioRow } from '../measure/compare.js';
import { createMlp } from '../subjects/layers-model.js';
import { createRandomData } from '../subjects/random-data.js';
import { startBackend } from '../subjects/start-backend.js';

const ROWS = 12_800;

/** Compares `predict` of 12,800 rows with tfjs-layers' own, which copies all rows for each batch on WASM. */
export const predict: Bench = async ({ row, quick }) => {
  await startBackend('wasm');
  const { x } = createRandomData(ROWS, [784], 10);
  const xs = tensor(x.data as Float32Array, [ROWS, 784]);
  const model = createMlp();
  const result = await compare(
    async () => dispose(await keepfitPredict(model, x, { batchSize: 32, verbose: 0 })),
    () => dispose(model.predict(xs, { batchSize: 32 }) as Tensor),
    quick ? 1 : 3,
    'thread',
  );
  row(createRatioRow('predict ÷ tfjs-layers’ predict, 12,800 rows of 784, wasm', result));
};
