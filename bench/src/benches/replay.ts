import type { Bench, Context, Row } from '../bench.js';
import { getQuartiles } from '../measure/quartiles.js';
import type { BenchModel } from '../models/model.js';
import { findModel, TINY } from '../models/models.js';
import { countRounds, createTurnsRow, measureShare, runInTurn } from '../models/run-in-turn.js';
import type { Trainer } from '../models/subject.js';

const CONVNET = 'MNIST convnet 32/64/dense 128, batch 32';

/** The models whose steps are replayed on WASM. */
const MODELS = [
  'embedding 1000×32 and LSTM 32 over 20 steps, batch 32',
  'MLP 784-128-64-10, batch 32',
  TINY,
  CONVNET,
  'CIFAR convnet 32/32/64 with batch norm, batch 32',
];

/**
 * Compares replayed steps with the same steps by `replay: false`, in processes that take turns, and measures
 * what is left in a replayed step beside convolutions and matrix products.
 */
export const replay: Bench = async (context) => {
  for (const name of MODELS) await compareWithNormal(context, findModel(name), 'wasm');
  await compareWithNormal(context, findModel(TINY), 'cpu');
  await measureOtherKernels(context, findModel(CONVNET));
};

async function compareWithNormal(
  context: Context,
  model: BenchModel,
  backend: 'wasm' | 'cpu',
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
  context.row(createTurnsRow(`${model.name}, replayed ÷ normal step, ${backend}`, replayed, usual, facts));
}

async function measureOtherKernels(context: Context, model: BenchModel): Promise<void> {
  const isOther = (kernel: string): boolean => !/Conv|MatMul/.test(kernel);
  const { shares, kernels } = await measureShare(context.root, model, 'wasm', countRounds(context), isOther);
  const { median, low, high } = getQuartiles(shares);
  context.row({
    name: `${model.name}, kernels beside convolutions and matrix products, share of a step, wasm`,
    unit: '%',
    value: median,
    spread: [low, high],
    runs: shares.length,
    facts: { kernels },
  });
}
