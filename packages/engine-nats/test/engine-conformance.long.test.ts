import { cpuBackend } from '@keepfit/backend-cpu';
import { useBackend } from '@keepfit/fit';
import { engineConformance, type EngineUnderTest } from '@keepfit/fit/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type Msg, type NatsConnection, type SubscriptionOptions } from '@nats-io/transport-node';
import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { programFile } from '../../../test/programs/program-file.js';
import { sample } from '../../../test/setup/sample.js';
import { natsEngine } from '../src/index.js';
import { type NatsServer, natsServerPath, startNatsServer } from './helpers/nats-server.js';

type Relay = Parameters<NonNullable<EngineUnderTest['intercept']>>[0];

describe.skipIf(natsServerPath === undefined)('over a real server', () => {
  const program = programFile('packages/engine-nats/test/helpers/kit-worker.ts');
  let server: NatsServer;

  beforeAll(async () => {
    await useBackend(cpuBackend());
    server = await startNatsServer();
  });
  afterAll(() => server.stop());

  /** An engine whose workers are threads with connections of their own, which can be killed. */
  async function createEngine({ workers }: { readonly workers: number }): Promise<EngineUnderTest> {
    const run = randomUUID();
    const connection = await connect({ servers: server.url, maxReconnectAttempts: -1 });
    let relay: Relay = (answer, deliver) => deliver(answer);
    const running: Worker[] = [];
    const resize = async (count: number): Promise<void> => {
      while (running.length < count)
        running.push(new Worker(program, { workerData: { url: server.url, run } }));
      await Promise.all(running.splice(count).map((worker) => worker.terminate()));
    };
    await resize(workers);
    return {
      engine: natsEngine({ connection: withRelay(connection, (...given) => relay(...given)), run }),
      async kill(count) {
        const size = running.length;
        await Promise.all(running.splice(0, count).map((worker) => worker.terminate()));
        await resize(size);
      },
      resize,
      intercept: (given) => void (relay = given),
      async listLeftovers() {
        const names: string[] = [];
        for await (const name of (await jetstreamManager(connection)).streams.names()) names.push(name);
        return names.filter((name) => name.includes(run)).map((name) => `the stream ${name}`);
      },
      async cleanup() {
        await resize(0);
        await connection.close();
      },
    };
  }

  const cases: (readonly [name: string, run: () => Promise<void>])[] = [];
  engineConformance({
    test: (name, run) => void cases.push([name, run]),
    createEngine,
    workers: [2],
  });
  for (const [name, run] of sample(cases, 5, 1)) test(name, run);
});

/** The same connection, on which what workers send goes through the kit. */
function withRelay(connection: NatsConnection, relay: Relay): NatsConnection {
  const subscribe = (subject: string, options: SubscriptionOptions = {}) => {
    const { callback } = options;
    if (callback === undefined || !subject.includes('.answers.'))
      return connection.subscribe(subject, options);
    const relayed = (error: Error | null, message: Msg): void => {
      relay(message.data, (data) => {
        const given = { reply: message.reply, respond: () => message.respond(), data };
        void callback(error, given as Msg);
      });
    };
    return connection.subscribe(subject, { ...options, callback: relayed });
  };
  return Object.create(connection, { subscribe: { value: subscribe } }) as NatsConnection;
}
