import { fsStore } from '@keepfit/store-fs';
import { s3Store } from '@keepfit/store-s3';
import { AwsClient } from 'aws4fetch';
import type { CheckpointStore } from 'keepfit';

/**
 * Opens the store that the environment names: the bucket at the address BUCKET, below RUN, with the credentials
 * AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; without BUCKET, the folder BACKUP.
 */
export function openStore(env: NodeJS.ProcessEnv = process.env): CheckpointStore {
  const { BUCKET, RUN = 'sums', BACKUP = 'runs/sums/backup' } = env;
  if (BUCKET === undefined) return fsStore(BACKUP);
  const client = new AwsClient({
    accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
    region: env['AWS_REGION'] ?? 'us-east-1',
    service: 's3',
    // The store repeats requests itself.
    retries: 0,
  });
  return s3Store({ url: BUCKET, prefix: `${RUN}/`, fetch: (url, init) => client.fetch(url, init) });
}
