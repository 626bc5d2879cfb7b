import { setTimeout as wait } from 'node:timers/promises';
import { natsEngine, type NatsEngine } from '@keepfit/engine-nats';
import { connect } from '@nats-io/transport-node';
import {
  type NatsServer,
  natsServerPath,
  startNatsServer,
} from '../../../packages/engine-nats/test/helpers/nats-server.js';
import { startS3Server } from '../../../packages/store-s3/test/helpers/s3-server.js';
import type { Bench, Context, Row } from '../bench.js';
import { RUN } from '../machines/run.js';
import { BenchProcess } from '../machines/start-process.js';
import { getQuantile, getQuartiles } from '../measure/quartiles.js';
import { PacedFit, takeTurns } from '../parallel/paced-fit.js';
import { createCrew } from '../parallel/start-crew.js';
import { startBackend } from '../subjects/start-backend.js';

const SHARDS = 4;
/** Bytes of a message, as a server has it if nobody sets it. */
const MAX_PAYLOAD = 2 ** 20;
/** The lease of the coordinator, in ms. */
const LEASE = 3000;

/**
 * Compares two worker processes, which a server of NATS connects over loopback, with two threads, and measures what a
 * killed worker and a killed coordinator delay. Wall-clock time.
 */
export const machines: Bench = async (context) => {
  if (natsServerPath === undefined)
    return console.log('  left out, because there is no nats-server: apt-get install nats-server');
  await startBackend('wasm');
  const server = await startNatsServer('', MAX_PAYLOAD);
  try {
    for (const batchSize of [512, 128]) {
      await withWorkers(context, server, 2, async (engine) => {
        await compareWithThreads(context, batchSize, engine);
      });
    }
    await reportKilledWorkers(context, server, 512);
    await reportKilledWorkers(context, server, 128);
    await reportTakeovers(context, server);
  } finally {
    await server.stop();
  }
};

/** Calls a function with an engine and so many workers. */
async function withWorkers(
  { root }: Context,
  server: NatsServer,
  count: number,
  use: (engine: NatsEngine, workers: BenchProcess[]) => Promise<void>,
): Promise<void> {
  const workers = Array.from({ length: count }, () => startWorker(root, server));
  const connection = await connect({ servers: server.url, maxReconnectAttempts: -1 });
  try {
    await use(natsEngine({ connection, run: RUN }), workers);
  } finally {
    await Promise.all(workers.map((worker) => worker.kill()));
    await connection.close();
  }
}

const startWorker = (root: string, { url }: NatsServer): BenchProcess =>
  new BenchProcess(root, 'nats-worker-main', [url]);

async function compareWithThreads(
  { row, root, quick }: Context,
  batchSize: number,
  engine: NatsEngine,
): Promise<void> {
  const shared = { shards: SHARDS, replay: false } as const;
  const fits = {
    machines: new PacedFit(batchSize, { ...shared, engine }),
    threads: new PacedFit(batchSize, { ...shared, engine: createCrew(root, 2).engine }),
  };
  try {
    const times = await takeTurns(fits, { warmUp: quick ? 6 : 10, rounds: quick ? 3 : 15, steps: 2 });
    const over = times.machines.map(({ wall }) => wall);
    const beside = times.threads.map(({ wall }) => wall);
    row(
      createRow(
        `MNIST convnet, batch ${batchSize}, 2 worker processes over NATS ÷ 2 threads, wasm`,
        '×',
        over.map((time, round) => time / (beside[round] ?? NaN)),
        { 'over NATS, ms': getQuantile(over, 0.5), 'threads, ms': getQuantile(beside, 0.5) },
      ),
    );
  } finally {
    for (const fit of Object.values(fits)) await fit.stop();
  }
}

/** Kills a worker of two half-way through a step, again and again. Each time the new one is warm before the next. */
async function reportKilledWorkers(context: Context, server: NatsServer, batchSize: number): Promise<void> {
  const delays: number[] = [];
  const typical: number[] = [];
  await withWorkers(context, server, 2, async (engine, workers) => {
    const fit = new PacedFit(batchSize, { shards: SHARDS, replay: false, engine });
    try {
      await fit.train(8);
      for (let kill = 0; kill < (context.quick ? 2 : 9); kill++) {
        for (let step = 0; step < 5; step++) typical.push((await fit.train(1)).wall);
        const usual = getQuantile(typical, 0.5);
        const step = fit.train(1);
        await wait(usual / 2);
        await workers[0]?.kill();
        delays.push(((await step).wall - usual) / usual);
        workers.splice(0, 1);
        workers.push(startWorker(context.root, server));
        while (engine.workers.filter(({ computed }) => computed > 0).length < 2) await fit.train(1);
      }
    } finally {
      await fit.stop();
    }
  });
  context.row({
    ...createRow(
      `delay of a step, one of whose 2 worker processes is killed half-way ÷ a typical step, batch ${batchSize}, wasm`,
      '×',
      delays,
      { 'typical, ms': getQuantile(typical, 0.5), 'longest delay': Math.max(...delays) },
    ),
    tolerance: 0.5,
  });
}

/** Kills a coordinator, whose standby waits for its lease. */
async function reportTakeovers(context: Context, server: NatsServer): Promise<void> {
  const bucket = await startS3Server();
  const start = () =>
    new BenchProcess(context.root, 'coordinator-main', [bucket.url, server.url, String(LEASE)]);
  const waits: number[] = [];
  const workers = [startWorker(context.root, server), startWorker(context.root, server)];
  let coordinator = start();
  let standby = coordinator;
  try {
    await coordinator.report();
    standby = start();
    for (let kill = 0; kill < (context.quick ? 1 : 5); kill++) {
      await standby.says('Waiting for the lock');
      const begin = performance.now();
      await coordinator.kill();
      await standby.report();
      waits.push(performance.now() - begin - LEASE);
      [coordinator, standby] = [standby, start()];
    }
  } finally {
    await Promise.all([coordinator, standby, ...workers].map((child) => child.kill()));
    await bucket.close();
  }
  context.row({
    ...createRow(
      'time from the kill of a coordinator to the end of the first step of its standby, less its lease of 3 s',
      'ms',
      waits,
      { 'longest, ms': Math.max(...waits) },
    ),
    tolerance: 1000,
  });
}

function createRow(name: string, unit: Row['unit'], values: readonly number[], facts: Row['facts']): Row {
  const { median, low, high } = getQuartiles(values);
  return { name, unit, value: median, spread: [low, high], runs: values.length, facts };
}
