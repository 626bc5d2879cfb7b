import { KeepfitError } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import type { HostTensor, ShardRows } from '../contract/shard.js';
import type { Batch } from '../data/batch-source.js';

/**
 * Reads a tensor into plain memory of its own. Waits for the device.
 *
 * @throws KEEPFIT_INVALID_DATA when it holds strings or complex numbers.
 */
export async function readTensor(tensor: tf.Tensor): Promise<HostTensor> {
  const { dtype, shape } = tensor;
  if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool') {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `a batch in shards is made of numbers, and one of its tensors has the dtype ${dtype}; turn it into numbers before fit`,
    );
  }
  const values = await tensor.data<'float32' | 'int32' | 'bool'>();
  return { dtype, shape, values: (await givesCopies()) ? values : values.slice() };
}

const copying = new WeakMap<tf.KernelBackend, Promise<boolean>>();

/**
 * Whether each read of a tensor gives new memory, as on WASM. The JavaScript backend gives the memory that the tensor,
 * and others with its values, still have.
 */
function givesCopies(): Promise<boolean> {
  const backend = tf.backend();
  const known = copying.get(backend);
  if (known !== undefined) return known;
  const found = compareReads();
  copying.set(backend, found);
  return found;
}

async function compareReads(): Promise<boolean> {
  const tensor = tf.ones([1]);
  try {
    const [first, second] = [await tensor.data(), await tensor.data()];
    return first.buffer !== second.buffer;
  } finally {
    tensor.dispose();
  }
}

/** Reads the rows of a batch. */
export async function readBatch({ inputs, targets, sampleWeights, size }: Batch): Promise<ShardRows> {
  const read = (tensors: readonly tf.Tensor[]) => Promise.all(tensors.map(readTensor));
  return {
    inputs: await read(inputs),
    targets: await read(targets),
    sampleWeights: await read(sampleWeights),
    size,
  };
}

/** Makes a tensor of values in plain memory. The caller disposes it. */
export function createTensor({ values, shape, dtype }: HostTensor): tf.Tensor {
  return tf.tensor(values, [...shape], dtype);
}
