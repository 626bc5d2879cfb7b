import { join } from 'node:path';
import type { Bench, Context, Row } from '../bench.js';
import { getQuartiles } from '../measure/quartiles.js';
import type { BenchModel } from '../models/model.js';
import { models as all } from '../models/models.js';
import { Subject, type Trainer } from '../models/subject.js';

/**
 * Compares training steps of whole models with Adam, on one thread: keepfit's kernels, tfjs' own, and the
 * rate of a packed matrix product. Each trains in a separate process, and they take turns.
 */
export const models: Bench = async (context) => {
  for (const model of all)
    await (model.name.startsWith('embedding') ? compareText(context, model) : compareOnWasm(context, model));
  await compareOnCpu(context, 'MNIST convnet 32/64/dense 128, batch 32');
};

/** The time of each subject in each round. */
type Times = Readonly<Partial<Record<Trainer, number[]>>>;

async function compareOnWasm({ row, root, quick }: Context, model: BenchModel): Promise<void> {
  const { times, rates, kernels, failures } = await runInTurn(
    root,
    model,
    ['wasm', 'stock-wasm'],
    quick ? 3 : 9,
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
  if (stock !== undefined) row(createRow(`${model.name}, wasm ÷ tfjs’ own wasm`, 0.4, wasm, stock, facts));
  const shares = speeds.map((speed, round) => (100 * speed) / (rates[round] ?? NaN));
  const { median, low, high } = getQuartiles(shares);
  const least = stock === undefined ? { least: 45 } : {};
  row({
    name: `${model.name}, share of a packed matmul’s rate`,
    ...least,
    unit: '%',
    isMoreBetter: true,
    value: median,
    spread: [low, high],
    runs: shares.length,
    facts,
  });
}

/** Compares recurrent nets with the JavaScript kernels because tfjs' own wasm cannot train an embedding. */
async function compareText({ row, root, quick }: Context, model: BenchModel): Promise<void> {
  const { times, kernels, failures } = await runInTurn(
    root,
    model,
    ['wasm', 'cpu', 'stock-wasm'],
    quick ? 3 : 9,
  );
  const { wasm = [], cpu = [] } = times;
  const facts = {
    'a step, ms': getQuartiles(wasm).median,
    'on cpu, ms': getQuartiles(cpu).median,
    tfjs: `cannot: ${failures['stock-wasm']}`,
    kernels,
  };
  row(createRow(`${model.name}, wasm ÷ cpu`, 0.5, wasm, cpu, facts));
}

async function compareOnCpu({ row, root, quick }: Context, name: string): Promise<void> {
  const model = all.find((one) => one.name === name);
  if (model === undefined) throw new Error(`there is no model ${name}`);
  // A step of tfjs takes some 15 s.
  const { times } = await runInTurn(root, model, ['cpu', 'stock-cpu'], quick ? 1 : 3, 1);
  const { cpu = [], 'stock-cpu': stock = [] } = times;
  const facts = { 'a step, ms': getQuartiles(cpu).median, 'tfjs, ms': getQuartiles(stock).median };
  const { limit: _, ...rest } = createRow(`${name}, tfjs’ own cpu ÷ cpu`, 0, stock, cpu, facts);
  row({ ...rest, least: 15 });
}

interface Rounds {
  readonly times: Times;
  /** GFLOP/s of the packed matrix product, each round. */
  readonly rates: readonly number[];
  /** The longest kernels of the first trainer. */
  readonly kernels: string;
  readonly failures: Readonly<Partial<Record<Trainer, string>>>;
}

async function runInTurn(
  root: string,
  model: BenchModel,
  trainers: readonly Trainer[],
  rounds: number,
  slowSteps?: number,
): Promise<Rounds> {
  // Enough steps that the work done once per fit, such as reading the data, weighs as little as in an epoch.
  const steps = Math.max(8, Math.round(10_000 / (model.megaflops + 50)));
  const getSteps = (trainer: Trainer): number => (trainer === 'stock-cpu' ? (slowSteps ?? steps) : steps);
  const program = join(root, 'dist', 'subject-main.js');
  const subjects = new Map<Trainer, Subject>();
  const [times, failures, rates]: [Record<string, number[]>, Record<string, string>, number[]] = [{}, {}, []];
  try {
    for (const trainer of trainers) {
      const subject = await Subject.start(program, trainer, model.name);
      subjects.set(trainer, subject);
      // Twice because V8 optimizes late. A step of 15 s does not need it.
      const { failure } = await subject.ask('train', getSteps(trainer));
      if (failure !== undefined) failures[trainer] = failure;
      else if (slowSteps === undefined) await subject.ask('train', getSteps(trainer));
    }
    for (let round = 0; round < rounds; round++) {
      for (const [trainer, subject] of subjects) {
        if (failures[trainer] === undefined)
          (times[trainer] ??= []).push((await subject.ask('train', getSteps(trainer))).ms ?? NaN);
        if (trainer === 'stock-wasm') rates.push((await subject.ask('ceiling')).rate ?? NaN);
      }
    }
    const [first] = trainers;
    const { kernels = [] } =
      (first !== undefined && (await subjects.get(first)?.ask('kernels', steps))) || {};
    return {
      times,
      rates,
      failures,
      kernels: kernels.map(([kernel, ms]) => `${kernel} ${ms.toFixed(2)} ms`).join(', '),
    };
  } finally {
    for (const subject of subjects.values()) await subject.stop();
  }
}

function createRow(
  name: string,
  limit: number,
  subject: readonly number[],
  yardstick: readonly number[],
  facts: Row['facts'],
): Row {
  const { median, low, high } = getQuartiles(subject.map((ms, round) => ms / (yardstick[round] ?? NaN)));
  return { name, limit, unit: '×', value: median, spread: [low, high], runs: subject.length, facts };
}
