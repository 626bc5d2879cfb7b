import { AwsClient } from 'aws4fetch';
import type { SignedFetch } from '../../src/index.js';

/** A fresh bucket on the Ceph that `scripts/proof/ceph/start.sh` has started; undefined if none answers. */
export async function createCephBucket(): Promise<{ url: string; fetch: SignedFetch } | undefined> {
  const address = 'http://127.0.0.1:7480';
  const isThere = await fetch(address).then(
    ({ ok }) => ok,
    () => false,
  );
  if (!isThere) return undefined;
  const client = new AwsClient({
    accessKeyId: 'AKTEST',
    secretAccessKey: 'SKTEST',
    service: 's3',
    region: 'us-east-1',
    retries: 0,
  });
  const signedFetch: SignedFetch = (url, init) => client.fetch(url, init);
  const url = `${address}/kit-${Date.now()}-${process.pid}`;
  await signedFetch(url, { method: 'PUT' });
  return { url, fetch: signedFetch };
}
