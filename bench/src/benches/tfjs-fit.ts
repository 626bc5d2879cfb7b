import { fit } from '@keepfit/layers';
import { tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Bench, Context } from '../bench.js';
import { compare, createRatioRow } from '../measure/compare.js';
import { createMlp, createTiny } from '../subjects/layers-model.js';
import { createRandomData } from '../subjects/random-data.js';
import { startBackend } from '../subjects/start-backend.js';

const BATCH = 32;

/**
 * Compares `fit` with tfjs-layers' own `fit`: the same model, backend and kernels, one epoch each, in CPU
 * time.
 */
export const tfjsFit: Bench = async (context) => {
  await startBackend('cpu');
  await measure(context, 'fit ÷ tfjs-layers’ fit, 20→10, cpu', createTiny, 20, 1000);
  await startBackend('wasm');
  await measure(context, 'fit ÷ tfjs-layers’ fit, MLP 784-128-64-10, wasm', createMlp, 784, 120);
  await measure(context, 'fit ÷ tfjs-layers’ fit, 20→10, wasm', createTiny, 20, 1000);
};

async function measure(
  { row, quick }: Context,
  name: string,
  make: () => LayersModel,
  features: number,
  steps: number,
): Promise<void> {
  const { x, y } = createRandomData(BATCH * steps, [features], 10);
  const xs = tensor(x.data as Float32Array, [...x.shape] as [number, number]);
  const ys = tensor(y.data as Float32Array, [...y.shape] as [number, number]);
  const [ours, theirs] = [make(), make()];
  const result = await compare(
    () => fit(ours, x, y, { epochs: 1, batchSize: BATCH, verbose: 0 }),
    () => theirs.fit(xs, ys, { epochs: 1, batchSize: BATCH, verbose: 0 }),
    quick ? 3 : 7,
    'thread',
  );
  xs.dispose();
  ys.dispose();
  row(createRatioRow(name, result, { steps }));
}
