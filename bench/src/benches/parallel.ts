import type { FitOptions } from '@keepfit/fit';
import type { Bench, Context, Row } from '../bench.js';
import { getQuantile, getQuartiles } from '../measure/quartiles.js';
import { drawGrowth, drawWhenToShare } from '../parallel/draw-growth.js';
import { measureCopies } from '../parallel/measure-copies.js';
import { measureKills } from '../parallel/measure-kills.js';
import { measureWorkerMemory } from '../parallel/measure-worker-memory.js';
import { PacedFit, type StepTime, takeTurns } from '../parallel/paced-fit.js';
import { predictStep, type SharingConstants } from '../parallel/predict-step.js';
import { createCrew } from '../parallel/start-crew.js';
import { startBackend } from '../subjects/start-backend.js';

/** Weights of the convnet. */
const WEIGHTS = 225_034;
const SHARDS = 4;

/** How a fit of the convnet computes its steps: recorded ones only if it says so. */
type Kind = 'alone' | 'cut' | 'oneWorker' | 'twoWorkers' | 'replayed' | 'twoReplayed';

type Times<Some extends Kind> = Readonly<Record<Some, readonly StepTime[]>>;

const NORMAL = ['alone', 'cut', 'oneWorker', 'twoWorkers'] as const;
const REPLAYED = ['replayed', 'twoReplayed'] as const;

type NormalTimes = Times<(typeof NORMAL)[number]>;

/**
 * Compares steps that threads share with those of one thread. The fits of one batch size take turns in one process, each
 * with workers that wait meanwhile, so that what disturbs one of them disturbs all. Wall-clock time, because the
 * coordinator waits for workers.
 */
export const parallel: Bench = async (context) => {
  await startBackend('wasm');
  reportShared(context, 512, await timeSteps(context, { batchSize: 512, steps: 1, kinds: NORMAL }));
  const kinds = [...NORMAL, ...REPLAYED];
  const times = await timeSteps(context, { batchSize: 128, steps: 2, kinds });
  reportShared(context, 128, times);
  reportReplayed(context, 128, times);
  reportWork(context, times);
  reportReplayed(context, 32, await timeSteps(context, { batchSize: 32, steps: 5, kinds: REPLAYED }));
  await reportKills(context);
  await reportMemory(context);
  reportGrowth(context, times);
};

/** Times the steps of some kinds in turn. */
async function timeSteps<Some extends Kind>(
  { root, quick }: Context,
  { batchSize, steps, kinds }: { batchSize: number; steps: number; kinds: readonly Some[] },
): Promise<Times<Some>> {
  const fits = Object.fromEntries(
    kinds.map((kind) => [kind, new PacedFit(batchSize, createOptions(root, kind))]),
  ) as Record<Some, PacedFit>;
  try {
    return await takeTurns(fits, { warmUp: quick ? 6 : 10, rounds: quick ? 3 : 15, steps });
  } finally {
    for (const kind of kinds) await fits[kind].stop();
  }
}

function createOptions(root: string, kind: Kind): FitOptions {
  const share = (workers: number, shards: number): FitOptions => ({
    shards,
    engine: createCrew(root, workers).engine,
  });
  switch (kind) {
    case 'alone':
      return { replay: false };
    case 'cut':
      return { replay: false, shards: SHARDS };
    case 'oneWorker':
      return { replay: false, ...share(1, 1) };
    case 'twoWorkers':
      return { replay: false, ...share(2, SHARDS) };
    case 'replayed':
      return { replay: true };
    case 'twoReplayed':
      return { replay: true, ...share(2, SHARDS) };
  }
}

function reportShared({ row }: Context, batchSize: number, times: NormalTimes): void {
  const name = `MNIST convnet, batch ${batchSize}`;
  row(compareSteps(`${name}, 2 workers and 4 shards ÷ no engine, wasm`, times.twoWorkers, times.alone));
  row(compareSteps(`${name}, 1 worker and 1 shard ÷ no engine, wasm`, times.oneWorker, times.alone));
  row(compareSteps(`${name}, 4 shards ÷ 1 shard, no engine, wasm`, times.cut, times.alone));
}

function reportReplayed(
  { row }: Context,
  batchSize: number,
  { twoReplayed, replayed }: Times<(typeof REPLAYED)[number]>,
): void {
  const name = `MNIST convnet, batch ${batchSize}, 2 workers and 4 shards ÷ no engine, replayed, wasm`;
  row(compareSteps(name, twoReplayed, replayed));
}

function compareSteps(name: string, shared: readonly StepTime[], alone: readonly StepTime[]): Row {
  const ratios = shared.map(({ wall }, round) => wall / (alone[round]?.wall ?? NaN));
  return createRow(name, '×', ratios, { 'shared, ms': getWall(shared), 'alone, ms': getWall(alone) });
}

/** The CPU time of the coordinator's thread. V8's own threads, which collect garbage beside it, do not count. */
function reportWork({ row }: Context, { twoWorkers }: NormalTimes): void {
  const name = 'main-thread work of a shared step, 0.9 MB of weights, batch 128, wasm';
  const thread = twoWorkers.map((time) => time.thread);
  row(createRow(name, 'ms', thread, { 'a step, ms': getWall(twoWorkers) }));
}

async function reportKills({ row, root, quick }: Context): Promise<void> {
  const { delays, typical } = await measureKills(root, quick ? 2 : 9);
  const name = 'delay of a step, one of whose 2 threads is killed half-way ÷ a typical step, batch 128, wasm';
  row({
    ...createRow(name, '×', delays, { 'typical, ms': typical, 'longest delay': Math.max(...delays) }),
    tolerance: 0.2,
  });
}

async function reportMemory({ row, root, quick }: Context): Promise<void> {
  const growth: number[] = [];
  for (let run = 0; run < (quick ? 1 : 3); run++) growth.push(await measureWorkerMemory(root, 32));
  const weights = (8 * WEIGHTS) / 1e6;
  const name = 'RSS of a worker after 20 steps, less 8 bytes a weight, MNIST convnet, batch 32, wasm';
  row({
    ...createRow(
      name,
      'MB',
      growth.map((megabytes) => megabytes - weights),
      { '8 bytes a weight, MB': weights },
    ),
    tolerance: 5,
  });
}

/** Draws the plots of docs/parallel.md from what was measured, and compares the prediction with a measured step. */
function reportGrowth({ row, plot }: Context, times: NormalTimes): void {
  const alone = getWall(times.alone);
  const megabytes = (4 * WEIGHTS) / 1e6;
  const { add, copy } = measureCopies();
  const constants: SharingConstants = {
    shard: Math.max(0, getDifference(times.cut, times.alone)) / (SHARDS - 1),
    coordinator: Math.max(0, getDifference(times.oneWorker, times.alone) - 2 * copy * megabytes),
    add,
    copy,
  };
  plot(drawWhenToShare(constants));
  plot(drawGrowth(constants));
  const predicted = predictStep('threads', { alone, megabytes, workers: 2, shards: SHARDS }, constants);
  const ratios = times.twoWorkers.map(({ wall }) => predicted / wall);
  row(
    createRow('predicted ÷ measured step, 2 workers and 4 shards, batch 128, wasm', '×', ratios, {
      'predicted, ms': predicted,
      'measured, ms': getWall(times.twoWorkers),
      'a further shard, ms': constants.shard,
      'coordinator, ms': constants.coordinator,
      'adding 1 MB, ms': add,
      'copying 1 MB, ms': copy,
    }),
  );
}

function createRow(name: string, unit: Row['unit'], values: readonly number[], facts: Row['facts']): Row {
  const { median, low, high } = getQuartiles(values);
  return { name, unit, value: median, spread: [low, high], runs: values.length, facts };
}

function getWall(times: readonly StepTime[]): number {
  return getQuantile(
    times.map(({ wall }) => wall),
    0.5,
  );
}

/** The median difference of two kinds in the same rounds. */
function getDifference(slower: readonly StepTime[], faster: readonly StepTime[]): number {
  return getQuantile(
    slower.map(({ wall }, round) => wall - (faster[round]?.wall ?? NaN)),
    0.5,
  );
}
