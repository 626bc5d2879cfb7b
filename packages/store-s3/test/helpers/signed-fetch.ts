import { AwsClient } from 'aws4fetch';
import type { SignedFetch } from '../../src/index.js';

/** The kit replaces Date, and a signature needs the time. */
const RealDate = Date;

const client = new AwsClient({
  accessKeyId: 'AKTEST',
  secretAccessKey: 'SKTEST',
  service: 's3',
  region: 'us-east-1',
  retries: 0,
});

/** Signs as the user of the Ceph that `scripts/proof/ceph/start.sh` starts. The server in memory checks no signature. */
export const signedFetch: SignedFetch = (url, init) => {
  const datetime = new RealDate().toISOString().replaceAll(/[:-]|\.\d{3}/g, '');
  return client.fetch(url, { ...init, aws: { datetime } });
};
