import { fit } from '@keepfit/layers';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Bench, Context } from '../bench.js';
import { compare, createRatioRow } from '../measure/compare.js';
import { createMlp, createTiny } from '../subjects/layers-model.js';
import { createRandomData } from '../subjects/random-data.js';
import { startBackend } from '../subjects/start-backend.js';
import { cutBatches, trainByHand } from '../subjects/train-by-hand.js';

const BATCH = 32;

/**
 * Compares `fit` of a layers model with a hand-written loop over prepared batches: one epoch each, in CPU
 * time.
 */
export const loop: Bench = async (context) => {
  for (const backend of ['cpu', 'wasm'] as const) {
    await startBackend(backend);
    await measure(
      context,
      `fit ÷ a loop by hand, MLP 784-128-64-10, ${backend}`,
      createMlp,
      784,
      backend === 'cpu' ? 20 : 120,
    );
    await measure(context, `fit ÷ a loop by hand, 20→10, ${backend}`, createTiny, 20, 400);
  }
};

async function measure(
  { row, quick }: Context,
  name: string,
  make: () => LayersModel,
  features: number,
  steps: number,
): Promise<void> {
  const { x, y } = createRandomData(BATCH * steps, [features], 10);
  const batches = cutBatches(x, y, BATCH);
  const [ours, byHand] = [make(), make()];
  const result = await compare(
    () => fit(ours, x, y, { epochs: 1, batchSize: BATCH, verbose: 0 }),
    () => trainByHand(byHand, batches),
    quick ? 3 : 11,
    'thread',
  );
  row(createRatioRow(name, result, { steps }));
}
