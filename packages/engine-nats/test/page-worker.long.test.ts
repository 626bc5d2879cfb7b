import { wasmBackend } from '@keepfit/backend-wasm';
import type { CallbackHooks } from '@keepfit/callbacks';
import { type FitOptions, Trainer, useBackend } from '@keepfit/fit';
import { fromLayers } from '@keepfit/layers';
import { connect } from '@nats-io/transport-node';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, defaultClientConditions } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath } from '../../../test/browser/chromium.js';
import { type KillableChromium, startChromium } from '../../../test/browser/killable-chromium.js';
import { createSmallNet } from '../../engine-threads/test/helpers/small-net.js';
import { natsEngine } from '../src/index.js';
import { serveShards } from '../src/serve.js';
import { type NatsServer, natsServerPath, startNatsServer } from './helpers/nats-server.js';

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

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};

async function serve(folder: string, { url = '' }: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(url, 'http://site');
  const file = join(folder, normalize(pathname === '/' ? 'index.html' : pathname));
  const content = await readFile(file).catch(() => undefined);
  response.writeHead(content === undefined ? 404 : 200, { 'Content-Type': TYPES[extname(file)] ?? '' });
  response.end(content);
}

const isComplete = natsServerPath !== undefined && chromiumPath !== undefined;

describe.skipIf(!isComplete)('a page of Chromium', () => {
  let folder: string;
  let server: NatsServer;
  let site: Server;
  let browser: KillableChromium;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keepfit-page-'));
    const page = fileURLToPath(new URL('helpers/worker-page.ts', import.meta.url));
    await build({
      configFile: false,
      logLevel: 'error',
      resolve: { conditions: ['keepfit:source', ...defaultClientConditions] },
      build: {
        target: 'es2022',
        minify: false,
        outDir: join(folder, 'site'),
        rollupOptions: { input: page, output: { entryFileNames: 'page.js' } },
      },
    });
    const wasm = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
    await cp(wasm, join(folder, 'site/wasm'), {
      recursive: true,
      filter: (file) => file === wasm || file.endsWith('.wasm'),
    });
    await writeFile(
      join(folder, 'site/index.html'),
      '<!doctype html><script type="module" src="/page.js"></script>',
    );
    site = createServer((request, response) => void serve(join(folder, 'site'), request, response));
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    server = await startNatsServer();
    browser = await startChromium(join(folder, 'profile'));
  });

  afterAll(async () => {
    await browser?.kill();
    await server?.stop();
    site?.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  test('computes by WebSocket with the bits of Node, and may be closed', async () => {
    const page = await browser.context.newPage();
    const { port } = site.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}/?run=page&server=${encodeURIComponent(server.websocketUrl)}`);
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
