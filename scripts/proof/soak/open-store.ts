import { join } from 'node:path';
import type { CheckpointStore } from '../../../packages/callbacks/src/index.ts';
import { fsStore } from '../../../packages/store-fs/src/index.ts';
import { s3Store } from '../../../packages/store-s3/src/index.ts';
import { signedFetch } from '../../../packages/store-s3/test/helpers/signed-fetch.ts';

/** In ms. Short, so that a takeover takes little time. */
const TTL = 1000;

/** Opens the store of a folder, or of a bucket if `place` is an address. `prefix` ends with a slash, if it is not ''. */
export function openStore(place: string, prefix: string): CheckpointStore {
  if (!/^https?:/.test(place)) return fsStore(join(place, prefix));
  return s3Store({ url: place, prefix, fetch: signedFetch, ttl: TTL });
}
