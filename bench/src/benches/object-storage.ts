import { encodeCheckpoint } from '@keepfit/callbacks/checkpoint';
import { s3Store } from '@keepfit/store-s3';
import { createCephBucket } from '../../../packages/store-s3/test/helpers/ceph-bucket.js';
import { signedFetch } from '../../../packages/store-s3/test/helpers/signed-fetch.js';
import type { Bench } from '../bench.js';
import { compare, createRatioRow } from '../measure/compare.js';
import { compareWithMemcpy } from '../measure/main-thread-work.js';
import { restoreOnce } from '../measure/restore-once.js';
import { createHeader, withCapture } from '../measure/with-capture.js';
import { addBallast } from '../subjects/add-ballast.js';
import { createMlp } from '../subjects/layers-model.js';
import { startBackend } from '../subjects/start-backend.js';

/**
 * Compares backups to a bucket and restores from it with a plain PUT and a plain GET of as many bytes by the same
 * client, and the main thread's work with a copy within memory. On the Ceph of `npm run rig:ceph`.
 */
export const objectStorage: Bench = async ({ row, quick }) => {
  const url = await createCephBucket();
  if (url === undefined) return console.log('  left out, because no Ceph answers: see npm run rig:ceph');
  await startBackend('cpu');
  const store = s3Store({ url, fetch: signedFetch });
  const lock = await store.lock?.('backup');
  const rounds = quick ? 3 : 9;
  for (const megabytes of [38, 150]) {
    await withCapture(addBallast(createMlp(), megabytes, 36), async (capture) => {
      const backUp = () => store.set('backup', encodeCheckpoint(capture, createHeader()));
      await backUp();
      const { bytes = new Uint8Array() } = (await store.get('backup')) ?? {};
      const address = `${url}/plain`;
      const putPlain = () => send(address, { method: 'PUT', body: bytes as Uint8Array<ArrayBuffer> });
      const put = await compare(backUp, putPlain, rounds);
      row(createRatioRow(`backup of ${megabytes} MB to Ceph ÷ a plain PUT`, put));
      const get = await compare(
        () => restoreOnce(store),
        () => send(address, {}),
        rounds,
      );
      row(createRatioRow(`restore of ${megabytes} MB from Ceph ÷ a plain GET`, get));
      const work = await compareWithMemcpy(store, capture, megabytes, quick ? 3 : 9);
      row({ name: `main-thread work of a backup of ${megabytes} MB to Ceph ÷ memcpy`, ...work });
      const threads = await compare(backUp, putPlain, rounds, 'thread');
      row(
        createRatioRow(
          `main-thread work of a backup of ${megabytes} MB to Ceph ÷ that of a plain PUT`,
          threads,
        ),
      );
    });
  }
  await lock?.release();
};

async function send(address: string, init: RequestInit): Promise<void> {
  const answer = await signedFetch(address, init);
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`${init.method ?? 'GET'} was answered with ${answer.status}`);
}
