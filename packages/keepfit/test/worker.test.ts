import { cpuBackend } from '@keepfit/backend-cpu';
import type { CallbackHooks } from '@keepfit/callbacks';
import { natsEngine } from '@keepfit/engine-nats';
import { type FitOptions, Trainer, useBackend } from '@keepfit/fit';
import { fromLayers } from '@keepfit/layers';
import { connect } from '@nats-io/transport-node';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { programFile } from '../../../test/programs/program-file.js';
import {
  type NatsServer,
  natsServerPath,
  startNatsServer,
} from '../../engine-nats/test/helpers/nats-server.js';
import { createSmallNet } from '../../engine-threads/test/helpers/small-net.js';
import { keepfit } from './helpers/keepfit.js';

async function train(given: FitOptions): Promise<unknown> {
  await useBackend(cpuBackend());
  const net = createSmallNet(1);
  const trainer = new Trainer(fromLayers(net), { optimizer: 'adam', loss: 'mse', metrics: ['mae'] });
  const rows = (width: number) => ({
    data: Float32Array.from({ length: 24 * width }, (_, at) => Math.fround(Math.sin(at + width))),
    shape: [24, width],
  });
  const fixed = { batchSize: 8, seed: 3, epochs: 3, verbose: 0, shards: 4 } as const;
  await trainer.fit(rows(3), rows(2), { ...fixed, ...given });
  return [net.getWeights().map((weight) => [...weight.dataSync()]), trainer.history.history];
}

describe.skipIf(natsServerPath === undefined)('keepfit worker', () => {
  let server: NatsServer;
  const workers: ChildProcess[] = [];

  beforeAll(async () => {
    server = await startNatsServer();
  });
  afterEach(() => workers.splice(0).forEach((worker) => worker.kill('SIGKILL')));
  afterAll(() => server.stop());

  /** Resolves when it serves. */
  async function startWorker(name: string): Promise<ChildProcess> {
    const args = ['worker', server.url, '--run', 'command', '--name', name];
    const worker = spawn(process.execPath, [programFile('packages/keepfit/src/main.ts'), ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    workers.push(worker);
    await once(worker.stdout, 'data');
    return worker;
  }

  test('processes compute the bits of this thread, and one may be killed', async () => {
    const [first, second] = await Promise.all([startWorker('first'), startWorker('second')]);
    const connection = await connect({ servers: server.url });
    const callbacks: CallbackHooks = {
      onTrainBatchBegin: (batch) => void (batch === 2 && first.kill('SIGKILL')),
    };
    const engine = natsEngine({ connection, run: 'command' });
    expect(await train({ engine, callbacks })).toEqual(await train({}));
    await connection.close();

    const { status, out } = await keepfit('workers', server.url);
    expect(status).toBe(0);
    expect(out).toMatch(
      /^command {2}second \w{8} {2}since \d+ s ago {2}waiting {2}\d+ shards {2}[\d.]+ ms each\n$/,
    );
    second.kill('SIGTERM');
    expect(await once(second, 'exit')).toEqual([0, null]);
    expect((await keepfit('workers', server.url)).out).toBe('There are no workers.\n');
  });
});

test('a server that is not there is named, without its password', async () => {
  const { status, err } = await keepfit('workers', 'nats://me:secret@127.0.0.1:1');
  expect([status, err.includes('secret')]).toEqual([2, false]);
  expect(err).toMatch(/KEEPFIT_ENGINE_FAILED: there is no connection to nats:\/\/…@127\.0\.0\.1:1/);
});
