import { cpuBackend } from '@keepfit/backend-cpu';
import type { CallbackHooks } from '@keepfit/callbacks';
import { timers } from '@keepfit/callbacks/internal';
import { type FitOptions, type Model, seeded, Trainer, useBackend } from '@keepfit/fit';
import { fromLayers } from '@keepfit/layers';
import { jetstreamManager } from '@nats-io/jetstream';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { connect, type NatsConnection, type RequestOptions } from '@nats-io/transport-node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createSmallNet } from '../../engine-threads/test/helpers/small-net.js';
import { listWorkers, type NatsEngine, natsEngine } from '../src/index.js';
import { serveShards, type ServeShardsOptions } from '../src/serve.js';
import { sample } from '../../../test/setup/sample.js';
import { type NatsServer, natsServerPath, startNatsServer } from './helpers/nats-server.js';

const compiled = { loss: 'mse', metrics: ['mae', 'rootMeanSquaredError'] } as const;

const createTraining = () => ({ model: fromLayers(createSmallNet(9)), ...compiled });

/** A net that is no other test's. */
const createNet = (units: number): LayersModel =>
  seeded(1, () =>
    sequential({ layers: [layers.dense({ units, inputShape: [3] }), layers.dense({ units: 2 })] }),
  );

/** A training that does something when its model is called for the n-th time. */
function createActing(calls: number, act: () => void) {
  const { model, ...options } = createTraining();
  let count = 0;
  const call: Model['call'] = (...given) => {
    count += 1;
    if (count === calls) act();
    return model.call(...given);
  };
  return { ...options, model: { ...model, call } };
}

/** A training that computes something else. */
function createWrong() {
  const { model, ...options } = createTraining();
  const call: Model['call'] = (...given) => tf.mul(model.call(...given) as tf.Tensor, 1.01);
  return { ...options, model: { ...model, call } };
}

/** A connection whose requests on such a subject are never answered. */
function createSilent(connection: NatsConnection, lost: string): NatsConnection {
  const request = (subject: string, ...others: [Uint8Array, RequestOptions]) =>
    subject.includes(lost) ? connection.closed() : connection.request(subject, ...others);
  return Object.create(connection, { request: { value: request } }) as NatsConnection;
}

/** Makes keepfit's time pass 20 times as fast, until mocks are restored. */
function hurry(): void {
  const { now, setTimeout } = timers;
  vi.spyOn(timers, 'now').mockImplementation(() => 20 * now());
  vi.spyOn(timers, 'setTimeout').mockImplementation((run, ms) => setTimeout(run, ms / 20));
}

function createRows(width: number, salt: number) {
  const values = Array.from({ length: 22 * width }, (_, at) => Math.fround(Math.sin(at * 1.7 + salt)));
  return { data: Float32Array.from(values), shape: [22, width] };
}

async function train(given: FitOptions, net = createSmallNet(1)): Promise<unknown> {
  const trainer = new Trainer(fromLayers(net), { optimizer: 'adam', ...compiled });
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

  test.each(sample([1, 2, 3], 2))(
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

  test('weights and answers above the largest message go in parts', async () => {
    const wide = () => createNet(1500);
    await startWorker('parts', { create: () => ({ model: fromLayers(wide()), ...compiled }) });
    const engine = natsEngine({ connection: await open(), run: 'parts' });
    expect(await train({ engine }, wide())).toEqual(await train({}, wide()));
  });

  test('a worker that dies while it computes changes no bit, and one that comes helps', async () => {
    const dying = await startWorker('kills', { create: () => createActing(3, () => void dying.close()) });
    const lone = natsEngine({ connection: await open(), run: 'kills' });
    const training = train({ engine: lone });
    await dying.closed();
    await startWorker('kills');
    const second = await startWorker('kills', { create: () => createActing(9, () => void second.close()) });
    expect(await training).toEqual(expected);
  });

  test('a restart of the server changes no bit', async () => {
    await startWorker('restart');
    await startWorker('restart');
    const engine = natsEngine({ connection: await open(), run: 'restart' });
    let restart: Promise<void> | undefined;
    const callbacks: CallbackHooks = {
      async onTrainBatchBegin(batch) {
        // Once while the engine has nothing to do, and once while it works.
        if (batch === 1) await server.restart();
        if (batch === 3) restart = server.restart();
      },
    };
    expect(await train({ engine, callbacks, epochs: 1 })).toEqual(await train({ epochs: 1 }));
    await restart;
  });

  test('connections that are lost change no bit', async () => {
    const workers = [await startWorker('lost'), await startWorker('lost')];
    const connection = await open();
    const engine = natsEngine({ connection, run: 'lost' });
    const callbacks: CallbackHooks = {
      onTrainBatchBegin(batch) {
        void [connection, ...workers][batch % 3]?.reconnect();
      },
    };
    expect(await train({ engine, callbacks })).toEqual(expected);
  });

  test('a closed connection ends the fit', async () => {
    await startWorker('closed');
    const connection = await open();
    const engine = natsEngine({ connection, run: 'closed' });
    const callbacks: CallbackHooks = {
      onTrainBatchBegin: (batch) => (batch === 2 ? connection.close() : undefined),
    };
    await expect(train({ engine, callbacks })).rejects.toMatchObject({
      code: 'KEEPFIT_ENGINE_FAILED',
      message: expect.stringMatching(/connection to the server was closed.*maxReconnectAttempts/) as string,
    });
  });

  test('a worker whose answers never come is passed over', async () => {
    const slow = await open();
    let answers = 0;
    const request = (subject: string, ...others: [Uint8Array, RequestOptions]) => {
      if (subject.includes('.answers.')) answers += 1;
      return answers === 3 ? slow.closed() : slow.request(subject, ...others);
    };
    const silent = Object.create(slow, { request: { value: request } }) as NatsConnection;
    served.push(serveShards({ connection: silent, run: 'slow', create: createTraining }));
    await startWorker('slow');
    const engine = natsEngine({ connection: await open(), run: 'slow' });
    expect(await train({ engine })).toEqual(expected);
    expect(answers).toBe(3);
  });

  test('verify finds a worker that gives wrong bytes, and leaves it out', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    await startWorker('verify', { name: 'right' });
    await startWorker('verify', { name: 'wrong', create: createWrong });
    const engine = natsEngine({ connection: await open(), run: 'verify', verify: 1 });
    const names: string[][] = [];
    const callbacks: CallbackHooks = {
      onTrainBatchEnd: () => void names.push(engine.workers.map(({ id }) => id.split(' ')[0] ?? '')),
    };
    expect(await train({ engine, callbacks })).toEqual(expected);
    expect(names.at(-1)).toEqual(['right']);
    expect(warn.mock.calls.flat().join('\n')).toMatch(/the worker wrong \w+ gave other bytes/);
    warn.mockRestore();
  });

  test.each([
    ['there is no second worker', []],
    ['the second worker never answers', ['.answers.']],
  ])('verify finds a worker that gives wrong bytes although %s', async (_, lost) => {
    hurry();
    let starting: Promise<unknown> | undefined;
    const warn = vi.spyOn(console, 'warn').mockImplementation((line: string) => {
      if (line.includes('gave other bytes')) starting = startWorker('lonely', { name: 'right' });
    });
    await startWorker('lonely', { name: 'wrong', create: createWrong });
    for (const subject of lost) {
      const silent = createSilent(await open(), subject);
      served.push(serveShards({ connection: silent, run: 'lonely', create: createTraining }));
    }
    const engine = natsEngine({ connection: await open(), run: 'lonely', verify: 1 });
    expect(await train({ engine })).toEqual(expected);
    await starting;
    expect(warn.mock.calls.flat().join('\n')).toMatch(/the worker wrong \w+ gave other bytes/);
    vi.restoreAllMocks();
  });

  test('says that no worker is left, and goes on with one that comes', async () => {
    hurry();
    const first = await startWorker('left');
    let starting: Promise<unknown> | undefined;
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {
      starting = startWorker('left');
    });
    const engine = natsEngine({ connection: await open(), run: 'left' });
    const callbacks: CallbackHooks = {
      onTrainBatchEnd: (batch) => (batch === 2 ? first.close() : undefined),
    };
    expect(await train({ engine, callbacks })).toEqual(expected);
    await starting;
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/hears no worker of the run left, and waits; start/)],
    ]);
    vi.restoreAllMocks();
  });

  test('two runs share a server', async () => {
    for (const run of ['one', 'two']) await startWorker(run);
    const outcomes = ['one', 'two'].map(async (run) =>
      train({ engine: natsEngine({ connection: await open(), run }) }),
    );
    expect(await Promise.all(outcomes)).toEqual([expected, expected]);
  });

  test('a coordinator whose run another one has taken over ends, and the other one has the right bits', async () => {
    await startWorker('incarnations');
    const engines = [await open(), await open()].map((connection) =>
      natsEngine({ connection, run: 'incarnations' }),
    );
    const [engine, second] = engines as [NatsEngine, NatsEngine];
    let other: Promise<unknown> | undefined;
    const callbacks: CallbackHooks = {
      onTrainBatchEnd(batch) {
        if (batch === 1) other ??= train({ engine: second });
      },
    };
    await expect(train({ engine, callbacks, epochs: 50 })).rejects.toMatchObject({
      code: 'KEEPFIT_ENGINE_FAILED',
      message: expect.stringMatching(/another coordinator has begun this run/) as string,
    });
    expect(await other).toEqual(expected);
  });

  test.each([
    ['finds nobody', false],
    ['was on its way', true],
  ])(
    'a worker whose answer to a killed coordinator %s gives it up when another one has begun',
    async (_, isLost) => {
      const [worker, first] = [await open(), await open()];
      const sendings = new Map<string, number>();
      const request = (subject: string, ...others: [Uint8Array, RequestOptions]) => {
        if (!subject.includes('.answers.')) return worker.request(subject, ...others);
        sendings.set(subject, (sendings.get(subject) ?? 0) + 1);
        const isToFirst = sendings.size === 1;
        return isLost && isToFirst && first.isClosed() ? worker.closed() : worker.request(subject, ...others);
      };
      const counting = Object.create(worker, { request: { value: request } }) as NatsConnection;
      const create = () => createActing(3, () => void first.close());
      served.push(serveShards({ connection: counting, run: 'killed', create }));
      const killed = train({ engine: natsEngine({ connection: first, run: 'killed' }) });
      await expect(killed).rejects.toMatchObject({ code: 'KEEPFIT_ENGINE_FAILED' });
      const engine = natsEngine({ connection: await open(), run: 'killed' });
      expect(await train({ engine })).toEqual(expected);
      // It sends a part up to 60 times, with pauses, to one that is only away.
      const [toFirst, toSecond] = [...sendings.values()];
      expect(toFirst).toBeLessThan(60);
      expect(toSecond).toBeGreaterThan(0);
    },
  );

  test('a worker of another model is refused before the first step', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    await startWorker('refused', { create: () => ({ model: fromLayers(createNet(4)), ...compiled }) });
    const engine = natsEngine({ connection: await open(), run: 'refused' });
    await expect(train({ engine })).rejects.toThrow(
      /KEEPFIT_INVALID_OPTION: a worker would not give the bits/,
    );
    expect(warn.mock.calls.flat().join('\n')).toMatch(/this worker does not compute for the run refused: /);
    warn.mockRestore();
  });

  test('an error in a worker ends the fit', async () => {
    const fail = () => {
      throw new Error('no such layer');
    };
    await startWorker('errors', { create: () => createActing(1, fail) });
    const engine = natsEngine({ connection: await open(), run: 'errors' });
    await expect(train({ engine })).rejects.toThrow(
      /KEEPFIT_ENGINE_FAILED: a worker could not .*no such layer/,
    );
  });

  test('workers tell what they have done, and end by a signal', async () => {
    const ended = new AbortController();
    await startWorker('list', { name: 'here', signal: ended.signal });
    const connection = await open();
    await train({ engine: natsEngine({ connection, run: 'list' }) });
    const [report, ...others] = await listWorkers({ connection, patience: 200 });
    expect(report).toMatchObject({ run: 'list', worker: expect.stringMatching(/^here \w{8}$/) as string });
    expect(report?.computed).toBeGreaterThan(40);
    expect(others).toEqual([]);
    ended.abort();
    await Promise.all(served);
    expect(await listWorkers({ connection, patience: 100 })).toEqual([]);
  });
});

test('options are checked', () => {
  const connection = { subscribe() {}, request() {} } as unknown as NatsConnection;
  expect(() => natsEngine({ connection, run: 'a.b' })).toThrow(/run of natsEngine must be 1 to 64 letters/);
  expect(() => natsEngine({ connection, run: 'a', verify: 2 })).toThrow(/verify .* from 0 to 1/);
  expect(() => natsEngine({ connection: 'nats://host' as never, run: 'a' })).toThrow(/a connection of NATS/);
});
