import { cpuBackend } from '@keepfit/backend-cpu';
import { type FitOptions, Trainer, useBackend } from '@keepfit/fit';
import { fromLayers } from '@keepfit/layers';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createSmallNet } from '../../engine-threads/test/helpers/small-net.js';
import { natsEngine } from '../src/index.js';
import { serveShards, type ServeShardsOptions } from '../src/serve.js';
import { type NatsServer, natsServerPath, startNatsServer } from './helpers/nats-server.js';

const compiled = { loss: 'mse', metrics: ['mae', 'rootMeanSquaredError'] } as const;

const createTraining = () => ({ model: fromLayers(createSmallNet(9)), ...compiled });

function createRows(width: number, salt: number) {
  const values = Array.from({ length: 22 * width }, (_, at) => Math.fround(Math.sin(at * 1.7 + salt)));
  return { data: Float32Array.from(values), shape: [22, width] };
}

async function train(given: FitOptions): Promise<unknown> {
  const trainer = new Trainer(fromLayers(createSmallNet(1)), { optimizer: 'adam', ...compiled });
  const validationData = [createRows(3, 7), createRows(2, 8)] as const;
  const fixed = {
    batchSize: 4,
    seed: 3,
    epochs: 2,
    verbose: 0,
    validationData,
    validationBatchSize: 3,
  } as const;
  await trainer.fit(createRows(3, 0), createRows(2, 1), { ...fixed, shards: 4, ...given });
  return [trainer.model.weights.map(({ variable }) => [...variable.dataSync()]), trainer.history.history];
}

describe.skipIf(natsServerPath === undefined)('over a real server', () => {
  let server: NatsServer;
  let connections: NatsConnection[] = [];
  let served: Promise<void>[] = [];
  let expected: unknown;

  beforeAll(async () => {
    server = await startNatsServer();
    await useBackend(cpuBackend());
    expected = await train({});
  });
  afterAll(() => server.stop());
  beforeEach(() => useBackend(cpuBackend()));
  afterEach(async () => {
    await Promise.all(connections.map((connection) => connection.close()));
    await Promise.all(served);
    connections = [];
    served = [];
  });

  async function open(): Promise<NatsConnection> {
    const connection = await connect({
      servers: server.url,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 20,
    });
    connections.push(connection);
    return connection;
  }

  async function startWorker(
    run: string,
    options: Partial<ServeShardsOptions> = {},
  ): Promise<NatsConnection> {
    const connection = await open();
    served.push(serveShards({ connection, run, create: createTraining, ...options }));
    return connection;
  }

  test.each([1, 2, 3])(
    '%i workers give the bits of this thread, and leave nothing on the server',
    async (workers) => {
      for (let at = 0; at < workers; at++) await startWorker('bits');
      const connection = await open();
      const engine = natsEngine({ connection, run: 'bits' });
      expect(await train({ engine })).toEqual(expected);
      expect(engine.workers).toEqual([]);
      const streams = (await jetstreamManager(connection)).streams.names();
      expect(await streams.next()).toEqual([]);
    },
  );
});
