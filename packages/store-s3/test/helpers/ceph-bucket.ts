import { randomUUID } from 'node:crypto';
import { signedFetch } from './signed-fetch.js';

/** Where `scripts/proof/ceph/start.sh` lets the Ceph answer. */
const address = process.env['KEEPFIT_CEPH'] ?? 'http://127.0.0.1:7480';

/** Creates a bucket on the Ceph of `scripts/proof/ceph/start.sh`. Resolves to its address; undefined if none answers. */
export async function createCephBucket(): Promise<string | undefined> {
  const isThere = await fetch(address).then(
    ({ ok }) => ok,
    () => false,
  );
  if (!isThere) return undefined;
  const url = `${address}/bucket-${randomUUID()}`;
  const { status } = await signedFetch(url, { method: 'PUT' });
  if (status !== 200) throw new Error(`the Ceph at ${address} answers ${status} to the creation of a bucket`);
  return url;
}
