import { fit } from '@keepfit/layers';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Bench, Context } from '../bench.js';
import { compare } from '../measure/compare.js';
import { ratioRow } from '../measure/ratio-row.js';
import { mlp, tiny } from '../subjects/layers-model.js';
import { randomData } from '../subjects/random-data.js';
import { startBackend } from '../subjects/start-backend.js';
import { batchesOf, trainByHand } from '../subjects/train-by-hand.js';

const BATCH = 32;

/** `fit` of a layers model beside a loop by hand with pre-made batches: one epoch each, by CPU time. */
export const loop: Bench = async (context) => {
  for (const backend of ['cpu', 'wasm'] as const) {
    await startBackend(backend);
    await measure(
      context,
      `fit ÷ a loop by hand, MLP 784-128-64-10, ${backend}`,
      1.03,
      mlp,
      784,
      backend === 'cpu' ? 20 : 120,
    );
    await measure(context, `fit ÷ a loop by hand, 20→10, ${backend}`, 1.1, tiny, 20, 400);
  }
};

async function measure(
  { row, quick }: Context,
  name: string,
  limit: number,
  make: () => LayersModel,
  features: number,
  steps: number,
): Promise<void> {
  const { x, y } = randomData(BATCH * steps, [features], 10);
  const batches = batchesOf(x, y, BATCH);
  const [ours, byHand] = [make(), make()];
  const result = await compare(
    () => fit(ours, x, y, { epochs: 1, batchSize: BATCH, verbose: 0 }),
    () => trainByHand(byHand, batches),
    quick ? 3 : 15,
    'thread',
  );
  row(ratioRow(name, limit, result, { steps }));
}
