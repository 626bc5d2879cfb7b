import { wasmBackend } from '@keepfit/backend-wasm';
import type { CallbackHooks } from '@keepfit/callbacks';
import { type FitOptions, Trainer, useBackend } from '@keepfit/fit';
import { fromLayers } from '@keepfit/layers';
import { connect } from '@nats-io/transport-node';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath } from '../../../test/browser/chromium.js';
import { type KillableChromium, startChromium } from '../../../test/browser/killable-chromium.js';
import { createSmallNet } from '../../engine-threads/test/helpers/small-net.js';
import { natsEngine } from '../src/index.js';
import { serveShards } from '../src/serve.js';
import { type NatsServer, natsServerPath, startNatsServer } from './helpers/nats-server.js';
import { serveWorkerPage, type WorkerPage } from './helpers/serve-worker-page.js';

async function train(given: FitOptions): Promise<unknown> {
  await useBackend(wasmBackend());
  const trainer = new Trainer(fromLayers(createSmallNet(1)), {
    optimizer: 'adam',
    loss: 'mse',
    metrics: ['mae'],
  });
  const rows = (width: number) => ({
    data: Float32Array.from({ length: 24 * width }, (_, at) => Math.fround(Math.sin(at + width))),
    shape: [24, width],
  });
  const fixed = { batchSize: 6, seed: 3, epochs: 3, verbose: 0, shards: 4 } as const;
  await trainer.fit(rows(3), rows(2), { ...fixed, ...given });
  return [trainer.model.weights.map(({ variable }) => [...variable.dataSync()]), trainer.history.history];
}

const isComplete = natsServerPath !== undefined && chromiumPath !== undefined;

describe.skipIf(!isComplete)('a page of Chromium', () => {
  let folder: string;
  let server: NatsServer;
  let site: WorkerPage;
  let browser: KillableChromium;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keepfit-page-'));
    site = await serveWorkerPage(join(folder, 'site'));
    server = await startNatsServer();
    browser = await startChromium(join(folder, 'profile'));
  });

  afterAll(async () => {
    await browser?.kill();
    await server?.stop();
    await site?.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  test('computes by WebSocket with the bits of Node, and may be closed', async () => {
    const page = await browser.context.newPage();
    await page.goto(site.getAddress('page', server.websocketUrl));
    const connections = [
      await connect({ servers: server.url }),
      await connect({ servers: server.url }),
    ] as const;
    const engine = natsEngine({ connection: connections[0], run: 'page' });
    let byPage = 0;
    let served: Promise<void> | undefined;
    const callbacks: CallbackHooks = {
      onEpochEnd() {
        byPage = Math.max(byPage, engine.workers.find(({ id }) => id.startsWith('page'))?.computed ?? 0);
        // The page computes the first epoch alone, and a worker in Node joins it.
        served ??= serveShards({ connection: connections[1], run: 'page' });
      },
      onEpochBegin: (epoch) => (epoch === 2 ? page.close() : undefined),
    };
    expect(await train({ engine, callbacks })).toEqual(await train({}));
    expect(byPage).toBeGreaterThanOrEqual(16);
    await Promise.all(connections.map((connection) => connection.close()));
    await served;
  });
});
