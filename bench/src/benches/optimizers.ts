import { fit } from '@keepfit/layers';
import { adam, adamW } from '@keepfit/optimizers';
import { type Optimizer, train } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Bench, Context } from '../bench.js';
import { compare, createRatioRow } from '../measure/compare.js';
import { createConvnet, createMlp } from '../subjects/layers-model.js';
import { createRandomData } from '../subjects/random-data.js';
import { startBackend } from '../subjects/start-backend.js';

const BATCH = 32;

const createAdam = (): Optimizer => train.adam(0.001);
const createClippedAdamW = (): Optimizer => adamW({ weightDecay: 0.01, globalClipnorm: 1 });

interface Subject {
  readonly name: string;
  readonly optimizer: () => Optimizer;
  readonly build: (optimizer: Optimizer) => LayersModel;
  readonly features: readonly number[];
  /** The steps of one run. */
  readonly steps: number;
}

/**
 * Compares keepfit's optimizers with tfjs' Adam, which a backend of keepfit also updates by one kernel a weight: one
 * epoch of `fit` each, in CPU time.
 */
export const optimizers: Bench = async (context) => {
  for (const backend of ['cpu', 'wasm'] as const) {
    await startBackend(backend);
    const isSlow = backend === 'cpu';
    await measure(context, {
      name: `AdamW with globalClipnorm ÷ Adam, MNIST convnet, ${backend}`,
      ...{
        optimizer: createClippedAdamW,
        build: createConvnet,
        features: [28, 28, 1],
        steps: isSlow ? 2 : 30,
      },
    });
    await measure(context, {
      name: `adam() ÷ tf.train.adam(), MLP 784-128-64-10, ${backend}`,
      ...{ optimizer: adam, build: createMlp, features: [784], steps: isSlow ? 20 : 120 },
    });
  }
};

async function measure({ row, quick }: Context, subject: Subject): Promise<void> {
  const { name, optimizer, build, features, steps } = subject;
  const { x, y } = createRandomData(BATCH * steps, features, 10);
  const [ours, theirs] = [build(optimizer()), build(createAdam())];
  const trainEpoch = (model: LayersModel) => fit(model, x, y, { epochs: 1, batchSize: BATCH, verbose: 0 });
  const result = await compare(
    () => trainEpoch(ours),
    () => trainEpoch(theirs),
    quick ? 3 : 9,
    'thread',
  );
  row(createRatioRow(name, result, { steps }));
}
