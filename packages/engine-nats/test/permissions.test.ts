import { cpuBackend } from '@keepfit/backend-cpu';
import { Trainer, useBackend } from '@keepfit/fit';
import { fromLayers } from '@keepfit/layers';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { sample } from '../../../test/setup/sample.js';
import { createSmallNet } from '../../engine-threads/test/helpers/small-net.js';
import { listWorkers, natsEngine } from '../src/index.js';
import { serveShards } from '../src/serve.js';
import { type NatsServer, natsServerPath, startNatsServer } from './helpers/nats-server.js';

const run = 'rights';

/** Users who may do all that the README lists, except one thing. */
const DENIED = {
  stranger: { publish: '>', subscribe: '>' },
  'no-inbox': { subscribe: '_INBOX.>' },
  'no-info': { publish: '$JS.API.INFO' },
  'no-streams': { publish: '$JS.API.STREAM.CREATE.>' },
  'no-board': { publish: `keepfit.run.${run}.board.>` },
  'no-direct': { publish: '$JS.API.DIRECT.GET.>' },
  'no-work': { publish: `keepfit.run.${run}.work` },
  'no-jobs': { publish: '$JS.API.CONSUMER.MSG.NEXT.>' },
  'no-acks': { publish: '$JS.ACK.>' },
  'no-answers': { publish: `keepfit.run.${run}.answers.>` },
  'no-hearing': { subscribe: `keepfit.run.${run}.answers.>` },
  'no-news': { subscribe: `keepfit.run.${run}.news` },
  'no-reports': { subscribe: 'keepfit.workers' },
  'no-questions': { publish: 'keepfit.workers' },
  'no-removal': { publish: '$JS.API.STREAM.DELETE.>' },
} satisfies Record<string, { readonly publish?: string; readonly subscribe?: string }>;

type User = keyof typeof DENIED | 'all';

const ALLOWED = JSON.stringify(['keepfit.>', '$JS.API.>', '$JS.ACK.>', '_INBOX.>']);

function writeUser([user, denied]: readonly [string, { publish?: string; subscribe?: string }]): string {
  const rights = (['publish', 'subscribe'] as const).map((operation) => {
    const subject = denied[operation];
    return `${operation}: { allow: ${ALLOWED}${subject === undefined ? '' : `, deny: ["${subject}"]`} }`;
  });
  return `{ user: ${user}, password: secret, permissions: { ${rights.join(', ')} } }`;
}

describe.skipIf(natsServerPath === undefined)('a user of the server', () => {
  let server: NatsServer;
  const connections: NatsConnection[] = [];
  const served: Promise<void>[] = [];

  beforeAll(async () => {
    const users = [['all', {}] as const, ...Object.entries(DENIED)].map(writeUser);
    server = await startNatsServer(`authorization { users: [${users.join(', ')}] }`);
    await useBackend(cpuBackend());
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    await Promise.all(connections.splice(0).map((connection) => connection.close()));
    await Promise.all(served.splice(0));
  });

  async function open(user: User): Promise<NatsConnection> {
    const connection = await connect({ servers: server.url, user, pass: 'secret', maxReconnectAttempts: -1 });
    connections.push(connection);
    return connection;
  }

  async function startWorker(): Promise<void> {
    served.push(serveShards({ connection: await open('all'), run }));
  }

  async function train(user: User): Promise<unknown> {
    const trainer = new Trainer(fromLayers(createSmallNet(1)), { optimizer: 'sgd', loss: 'mse' });
    const rows = (width: number) => ({ data: new Float32Array(8 * width).fill(1), shape: [8, width] });
    const engine = natsEngine({ connection: await open(user), run });
    return trainer.fit(rows(3), rows(2), { batchSize: 8, seed: 3, epochs: 2, verbose: 0, engine });
  }

  const refusal = (text: string) => ({
    code: 'KEEPFIT_ENGINE_FAILED',
    message: expect.stringContaining(`the server does not permit this user to ${text}`) as string,
  });

  test('needs no more permissions than those that the README lists', async () => {
    await startWorker();
    await train('all');
  });

  const refusedFits = [
    ['stranger', 'subscribe to _INBOX.'],
    ['no-inbox', 'subscribe to _INBOX.'],
    ['no-info', 'publish to $JS.API.INFO;'],
    ['no-streams', `publish to $JS.API.STREAM.CREATE.keepfit-${run}-board;`],
    ['no-board', `publish to keepfit.run.${run}.board.current;`],
    ['no-work', `publish to keepfit.run.${run}.work;`],
    ['no-hearing', `subscribe to keepfit.run.${run}.answers.`],
    ['no-news', `subscribe to keepfit.run.${run}.news;`],
    ['no-removal', `publish to $JS.API.STREAM.DELETE.keepfit-${run}-work;`],
  ] as const;
  test.each(sample(refusedFits, 2, 1))(
    'who is %s cannot fit, and hears what it may not',
    async (user, text) => {
      await startWorker();
      await expect(train(user)).rejects.toMatchObject(refusal(text));
    },
  );

  const refusedWorkers = [
    ['stranger', 'subscribe to _INBOX.'],
    ['no-direct', `publish to $JS.API.DIRECT.GET.keepfit-${run}-board.`],
    ['no-jobs', `publish to $JS.API.CONSUMER.MSG.NEXT.keepfit-${run}-work.`],
    ['no-acks', `publish to $JS.ACK.keepfit-${run}-work.`],
    ['no-answers', `publish to keepfit.run.${run}.answers.`],
    ['no-news', `subscribe to keepfit.run.${run}.news;`],
    ['no-reports', 'subscribe to keepfit.workers;'],
  ] as const;
  test.each(sample(refusedWorkers, 2))(
    'who is %s cannot work, and hears what it may not',
    async (user, text) => {
      const working = serveShards({ connection: await open(user), run });
      const refused = expect(working).rejects.toMatchObject(refusal(text));
      const training = train('all');
      await refused;
      await startWorker();
      await training;
    },
  );

  test.each([
    ['no-questions', 'publish to keepfit.workers;'],
    ['no-inbox', 'subscribe to _INBOX.'],
  ] as const)('who is %s cannot list workers, and hears what it may not', async (user, text) => {
    await expect(listWorkers({ connection: await open(user) })).rejects.toMatchObject(refusal(text));
  });

  test('may lack permissions for subjects of other code on the same connection', async () => {
    const connection = await open('all');
    const working = serveShards({ connection, run });
    await train('all');
    connection.publish('orders.new');
    const other = connection.subscribe('orders.>');
    await connection.flush();
    await train('all');
    await connection.close();
    await working;
    expect(other.isClosed()).toBe(true);
  });
});
