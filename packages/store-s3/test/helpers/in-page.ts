import { createContent } from '@keepfit/callbacks/testing';
import { AwsClient } from 'aws4fetch';
import { s3Store } from '../../src/index.js';
import { shortenWaits } from './short-waits.js';

shortenWaits();

/** The functions of a page, `inPage`, for tests that drive a browser. */
const inPage = {
  /** Stores two checkpoints with the lock of a key, and gives the bytes of the last, or the message of the failure. */
  async storeTwice(url: string): Promise<number[] | string> {
    const client = new AwsClient({ accessKeyId: 'id', secretAccessKey: 'secret', service: 's3', retries: 0 });
    const open = () => s3Store({ url, fetch: (address, init) => client.fetch(address, init) });
    const store = open();
    try {
      const lock = await store.lock?.('backup');
      const first = await store.set('backup', createContent(Uint8Array.of(1)), { replaces: null });
      await store.set('backup', createContent(Uint8Array.of(1, 2, 3)), { replaces: first ?? null });
      await lock?.release();
      return [...((await open().get('backup'))?.bytes ?? [])];
    } catch (error) {
      return (error as Error).message;
    }
  },

  /** Takes the lock of a key, whose lease a Web Worker renews. */
  async lockByWorker(url: string): Promise<void> {
    const thread = (): Worker =>
      new Worker(new URL('./renewing-thread.ts', import.meta.url), { type: 'module' });
    await s3Store({ url, fetch: (...request) => fetch(...request), ttl: 300, thread }).lock?.('worker');
  },
};

Object.assign(globalThis, { inPage });
