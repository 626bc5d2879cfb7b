import type { Bench, Context } from '../bench.js';
import { getQuartiles } from '../measure/quartiles.js';
import type { BenchModel } from '../models/model.js';
import { findModel, models as all } from '../models/models.js';
import { countRounds, createTurnsRow, runInTurn } from '../models/run-in-turn.js';

/**
 * Compares training steps of whole models with Adam, on one thread: keepfit's kernels, tfjs' own, and the
 * rate of a packed matrix product. Each trains in a separate process, and they take turns.
 */
export const models: Bench = async (context) => {
  for (const model of all)
    await (model.name.startsWith('embedding') ? compareText(context, model) : compareOnWasm(context, model));
  await compareOnCpu(context, 'MNIST convnet 32/64/dense 128, batch 32');
};

async function compareOnWasm(context: Context, model: BenchModel): Promise<void> {
  const { row, root } = context;
  const { times, rates, kernels, failures } = await runInTurn(
    root,
    model,
    ['wasm', 'stock-wasm'],
    countRounds(context),
  );
  const { wasm = [], 'stock-wasm': stock } = times;
  const speeds = wasm.map((ms) => model.megaflops / ms);
  const facts = {
    'a step, ms': getQuartiles(wasm).median,
    ...(stock === undefined
      ? { tfjs: `cannot: ${failures['stock-wasm']}` }
      : { 'tfjs, ms': getQuartiles(stock).median }),
    'GFLOP/s': getQuartiles(speeds).median,
    'packed matmul, GFLOP/s': getQuartiles(rates).median,
    kernels,
  };
  if (stock !== undefined) row(createTurnsRow(`${model.name}, wasm ÷ tfjs’ own wasm`, wasm, stock, facts));
  const shares = speeds.map((speed, round) => (100 * speed) / (rates[round] ?? NaN));
  const { median, low, high } = getQuartiles(shares);
  row({
    name: `${model.name}, share of a packed matmul’s rate`,
    unit: '%',
    isMoreBetter: true,
    value: median,
    spread: [low, high],
    runs: shares.length,
    facts,
  });
}

/**
 * Compares recurrent nets with the JavaScript kernels without replay, because tfjs' own wasm cannot train an
 * embedding.
 */
async function compareText(context: Context, model: BenchModel): Promise<void> {
  const { times, kernels, failures } = await runInTurn(
    context.root,
    model,
    ['wasm', 'cpu-normal', 'stock-wasm'],
    countRounds(context),
  );
  const { wasm = [], 'cpu-normal': cpu = [] } = times;
  const facts = {
    'a step, ms': getQuartiles(wasm).median,
    'on cpu without replay, ms': getQuartiles(cpu).median,
    tfjs: `cannot: ${failures['stock-wasm']}`,
    kernels,
  };
  context.row(createTurnsRow(`${model.name}, wasm ÷ cpu`, wasm, cpu, facts));
}

async function compareOnCpu({ row, root, quick }: Context, name: string): Promise<void> {
  const model = findModel(name);
  // A step of tfjs takes some 15 s.
  const { times } = await runInTurn(root, model, ['cpu', 'stock-cpu'], quick ? 1 : 2, 1);
  const { cpu = [], 'stock-cpu': stock = [] } = times;
  const facts = { 'tfjs, ms': getQuartiles(stock).median, 'a step, ms': getQuartiles(cpu).median };
  row(createTurnsRow(`${name}, tfjs’ own cpu ÷ cpu`, stock, cpu, facts));
}
