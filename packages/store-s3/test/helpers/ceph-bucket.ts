import { randomUUID } from 'node:crypto';
import { signedFetch } from './signed-fetch.js';

/**
 * Creates a bucket on the Ceph that KEEPFIT_CEPH names, as `npm run rig:ceph` sets it, or else on one at port 7480.
 * Resolves to its address; undefined if none is named, and none answers there.
 */
export async function createCephBucket(): Promise<string | undefined> {
  const named = process.env['KEEPFIT_CEPH'] || undefined;
  const address = named ?? 'http://127.0.0.1:7480';
  const isThere = await fetch(address).then(
    ({ ok }) => ok,
    () => false,
  );
  if (!isThere && named === undefined) return undefined;
  const url = `${address}/bucket-${randomUUID()}`;
  const { status } = await signedFetch(url, { method: 'PUT' });
  if (status !== 200) throw new Error(`the Ceph at ${address} answers ${status} to the creation of a bucket`);
  return url;
}
