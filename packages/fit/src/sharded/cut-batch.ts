import type { HostTensor, ShardRows } from '../contract/shard.js';

/** A shard of a batch. */
export interface Cut {
  /** From 0. A shard without rows is left out. */
  readonly shard: number;
  readonly rows: ShardRows;
  /** Its rows ÷ the rows of the batch, a float32. */
  readonly share: number;
}

/** Cuts a batch: shard k of n has the rows from ⌊k · size ÷ n⌋ to ⌊(k + 1) · size ÷ n⌋. */
export function cutBatch(batch: ShardRows, shards: number): Cut[] {
  const { inputs, targets, sampleWeights, size } = batch;
  return Array.from({ length: shards }, (_, shard): Cut | undefined => {
    const from = Math.floor((shard * size) / shards);
    const to = Math.floor(((shard + 1) * size) / shards);
    if (from === to) return undefined;
    if (to - from === size) return { shard, rows: batch, share: 1 };
    const take = (tensor: HostTensor): HostTensor => takeRows(tensor, size, from, to);
    const rows = {
      inputs: inputs.map(take),
      targets: targets.map(take),
      sampleWeights: sampleWeights.map(take),
      size: to - from,
    };
    return { shard, rows, share: Math.fround((to - from) / size) };
  }).filter((cut) => cut !== undefined);
}

function takeRows({ dtype, shape, values }: HostTensor, size: number, from: number, to: number): HostTensor {
  const [, ...row] = shape;
  const length = values.length / size;
  return { dtype, shape: [to - from, ...row], values: values.slice(from * length, to * length) };
}
