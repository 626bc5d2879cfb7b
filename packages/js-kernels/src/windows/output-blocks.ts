import type { Windows } from './windows.js';

/**
 * A run of output positions whose elements can be viewed as a matrix: one row a position, one column a
 * channel.
 */
export interface OutputBlock {
  /** Its first position, counted over batch, depth, rows and columns. */
  readonly first: number;
  readonly count: number;
  /** The offset of the first position in the output. */
  readonly offset: number;
  readonly positionStride: number;
  readonly channelStride: number;
}

/**
 * All output positions in order, in blocks of at most `size`. If channels come before space, a block stays
 * within one image.
 */
export function listOutputBlocks(windows: Windows, size: number): OutputBlock[] {
  const { batchSize, outDepth, outHeight, outWidth, output } = windows;
  const inImage = outDepth * outHeight * outWidth;
  const joined = output.channel === 1;
  const run = joined ? inImage * batchSize : inImage;
  const blocks: OutputBlock[] = [];
  for (let start = 0; start < inImage * batchSize; start += run) {
    const base = (start / inImage) * output.batch;
    for (let within = 0; within < run; within += size) {
      blocks.push({
        first: start + within,
        count: Math.min(size, run - within),
        offset: base + within * output.column,
        positionStride: output.column,
        channelStride: output.channel,
      });
    }
  }
  return blocks;
}
