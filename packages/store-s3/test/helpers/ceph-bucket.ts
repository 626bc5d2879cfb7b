import { AwsClient } from 'aws4fetch';
import type { SignedFetch } from '../../src/index.js';

/** The kit replaces Date, and a signature needs the time. */
const RealDate = Date;

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
  const signedFetch: SignedFetch = (url, init) => {
    const datetime = new RealDate().toISOString().replaceAll(/[:-]|\.\d{3}/g, '');
    return client.fetch(url, { ...init, aws: { datetime } });
  };
  const url = `${address}/kit-${Date.now()}-${process.pid}`;
  await signedFetch(url, { method: 'PUT' });
  return { url, fetch: signedFetch };
}
