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
  return { dtype, shape, values: (await keepsArrays()) ? values.slice() : values };
}

const keeping = new WeakMap<tf.KernelBackend, Promise<boolean>>();

/**
 * Whether the backend keeps the arrays that tensors are made of, as that in JavaScript does: they are what a read gives,
 * and other tensors may have them too. WASM copies values both ways.
 */
export function keepsArrays(): Promise<boolean> {
  const backend = tf.backend();
  const known = keeping.get(backend);
  if (known !== undefined) return known;
  const found = compareReads();
  keeping.set(backend, found);
  return found;
}

async function compareReads(): Promise<boolean> {
  const tensor = tf.ones([1]);
  try {
    const [first, second] = [await tensor.data(), await tensor.data()];
    return first.buffer === second.buffer;
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

/** Makes a tensor of values in plain memory, which the backend may keep. The caller disposes it. */
export function createTensor({ values, shape, dtype }: HostTensor): tf.Tensor {
  return tf.tensor(values, [...shape], dtype);
}
