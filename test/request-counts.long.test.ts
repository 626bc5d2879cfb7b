import { readFileSync } from 'node:fs';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { expect, onTestFinished, test } from 'vitest';
import { cpuBackend } from '../packages/backend-cpu/src/index.js';
import { BackupAndRestore } from '../packages/callbacks/src/index.js';
import { createContent } from '../packages/callbacks/src/testing/index.js';
import { useBackend } from '../packages/fit/src/index.js';
import { fit } from '../packages/layers/src/index.js';
import { s3Store } from '../packages/store-s3/src/index.js';
import { type Received, type S3Server, startS3Server } from '../packages/store-s3/test/helpers/s3-server.js';

const page = readFileSync(new URL('../docs/object-storage.md', import.meta.url), 'utf8');

/** The lease is not renewed, however long a busy machine takes. */
async function open(): Promise<{ server: S3Server; store: ReturnType<typeof s3Store> }> {
  const server = await startS3Server();
  onTestFinished(() => server.close());
  return { server, store: s3Store({ url: server.url, fetch, ttl: 3_600_000 }) };
}

/** The row of the page's table that a call makes, as its cells. */
async function count(server: S3Server, call: () => unknown): Promise<string> {
  const from = server.received.length;
  await call();
  const kinds = server.received.slice(from).map(getKind);
  return ['PUT', 'POST', 'LIST', 'GET', 'DELETE']
    .map((kind) => kinds.filter((other) => other === kind).length)
    .join(' | ');
}

/** Bills call a request for the bucket itself a LIST. */
function getKind({ method, name }: Received): string {
  return method === 'GET' && name === '' ? 'LIST' : method;
}

/** Expects the row in the page, however its columns are aligned. */
function expectRow(name: string, cells: string): void {
  const rows = page.split('\n').map((line) => line.replaceAll(/ +/g, ' ').trim());
  expect(rows.find((row) => row.startsWith(`| ${name} |`))).toBe(`| ${name} | ${cells} |`);
}

test('the page has the requests of each call of the store', async () => {
  const { server, store } = await open();
  const set = async (mebibytes: number): Promise<void> =>
    void (await store.set('backup', createContent(new Uint8Array(mebibytes * 2 ** 20), 2 ** 20)));
  let lock: Awaited<ReturnType<NonNullable<typeof store.lock>>> | undefined;
  expectRow(
    'start: test the server, take the lock',
    await count(server, async () => (lock = await store.lock?.('backup'))),
  );
  await set(1);
  expectRow('backup of up to 8 MiB', await count(server, () => set(8)));
  expectRow('backup of 40 MiB', await count(server, () => set(40)));
  expectRow('restore', await count(server, () => store.get('backup')));
  expectRow('end: release the lock', await count(server, () => lock?.release()));
});

test.each([1, 100, 'epoch'] as const)(
  'the page has the requests of a training with saveFreq %j',
  async (saveFreq) => {
    await useBackend(cpuBackend());
    const { server, store } = await open();
    const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [3] })] });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const x = { data: new Float32Array(600), shape: [200, 3] };
    const y = { data: new Float32Array(200), shape: [200, 1] };
    const backup = new BackupAndRestore(store, { saveFreq });
    const cells = await count(server, () =>
      fit(model, x, y, { epochs: 2, batchSize: 2, seed: 1, verbose: 0, callbacks: [backup] }),
    );
    expectRow(
      `training of 2 epochs of 100 steps, \`saveFreq: ${JSON.stringify(saveFreq).replaceAll('"', "'")}\``,
      cells,
    );
  },
);
