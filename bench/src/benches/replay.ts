import type { Bench, Context, Row } from '../bench.js';
import { getQuartiles } from '../measure/quartiles.js';
import type { BenchModel } from '../models/model.js';
import { findModel, TINY } from '../models/models.js';
import { countRounds, createTurnsRow, measureShare, runInTurn } from '../models/run-in-turn.js';
import type { Trainer } from '../models/subject.js';

const CONVNET = 'MNIST convnet 32/64/dense 128, batch 32';

/** The models, and how much of a normal step a replayed one may take. */
const bars: readonly (readonly [model: string, limit: number | undefined])[] = [
  ['embedding 1000×32 and LSTM 32 over 20 steps, batch 32', 0.25],
  ['MLP 784-128-64-10, batch 32', 0.6],
  [TINY, 0.6],
  [CONVNET, 0.85],
  ['CIFAR convnet 32/32/64 with batch norm, batch 32', undefined],
];

/**
 * Compares replayed steps with the same steps by `replay: false`, in processes that take turns, and measures
 * what is left in a replayed step beside convolutions and matrix products.
 */
export const replay: Bench = async (context) => {
  for (const [name, limit] of bars) await compareWithNormal(context, findModel(name), 'wasm', limit);
  await compareWithNormal(context, findModel(TINY), 'cpu', undefined);
  await measureOtherKernels(context, findModel(CONVNET));
};

async function compareWithNormal(
  context: Context,
  model: BenchModel,
  backend: 'wasm' | 'cpu',
  limit: number | undefined,
): Promise<void> {
  const normal: Trainer = `${backend}-normal`;
  const rounds = await runInTurn(context.root, model, [backend, normal], countRounds(context));
  const { times, failures, kernels } = rounds;
  const [replayed = [], usual = []] = [times[backend], times[normal]];
  const facts: Row['facts'] = {
    'replayed, ms': getQuartiles(replayed).median,
    'normal, ms': getQuartiles(usual).median,
    ...failures,
    kernels,
  };
  context.row(
    createTurnsRow(`${model.name}, replayed ÷ normal step, ${backend}`, limit, replayed, usual, facts),
  );
}

async function measureOtherKernels(context: Context, model: BenchModel): Promise<void> {
  const isOther = (kernel: string): boolean => !/Conv|MatMul/.test(kernel);
  const { shares, kernels } = await measureShare(context.root, model, 'wasm', countRounds(context), isOther);
  const { median, low, high } = getQuartiles(shares);
  context.row({
    name: `${model.name}, kernels beside convolutions and matrix products, share of a step, wasm`,
    limit: 12,
    unit: '%',
    value: median,
    spread: [low, high],
    runs: shares.length,
    facts: { kernels },
  });
}
