import type { Windows } from './windows.js';

/** Number of output positions, over the batch. */
export function positions({ batchSize, outDepth, outHeight, outWidth }: Windows): number {
  return batchSize * outDepth * outHeight * outWidth;
}
