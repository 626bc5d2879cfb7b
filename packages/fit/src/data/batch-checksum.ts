import { crc32 } from '@keepfit/callbacks/checkpoint';
import type * as tf from '@tensorflow/tfjs-core';
import { type Batch, disposeBatches } from './batch-source.js';

/**
 * The checksums by which a checkpoint detects that its data cannot be made again: of the first batch of the
 * pass, and of the last batch trained.
 */
export class BatchChecksums {
  /** Of the first batch of the pass. */
  readonly #first = new LazyChecksum();
  /** Of the last batch trained. */
  readonly #last = new LazyChecksum();
  #isWanted = false;

  /** Call it when a backup is asked for. Without one, no batch waits for the device. */
  want(): void {
    this.#isWanted = true;
  }

  /** Continues from the checksums of a checkpoint. */
  restore(first: number | undefined, last: number | undefined): void {
    this.#first.set(first);
    this.#last.set(last);
  }

  /** Notes the first batch of a pass, which remains the caller's. */
  async noteFirst(batch: Batch): Promise<void> {
    this.#first.hold(cloneBatch(batch));
    // At once, if it is needed: the values are often still on the host.
    if (this.#isWanted) await this.#first.read();
  }

  /** Takes the last batch trained. */
  noteLast(batch: Batch): void {
    this.#last.hold(batch);
  }

  async read(): Promise<{ readonly firstBatch: number | undefined; readonly lastBatch: number | undefined }> {
    return { firstBatch: await this.#first.read(), lastBatch: await this.#last.read() };
  }

  dispose(): void {
    this.restore(undefined, undefined);
  }
}

/** The checksum of a batch that it holds until then: most batches are in no backup. */
class LazyChecksum {
  #batch: Batch | undefined;
  #checksum: number | undefined;

  set(checksum: number | undefined): void {
    if (this.#batch !== undefined) disposeBatches([this.#batch]);
    this.#batch = undefined;
    this.#checksum = checksum;
  }

  hold(batch: Batch): void {
    this.set(undefined);
    this.#batch = batch;
  }

  async read(): Promise<number | undefined> {
    if (this.#batch !== undefined) this.set(await computeBatchChecksum(this.#batch));
    return this.#checksum;
  }
}

/** Another hold of the same values. */
function cloneBatch({ inputs, targets, sampleWeights, size }: Batch): Batch {
  const clone = (tensor: tf.Tensor) => tensor.clone();
  return {
    inputs: inputs.map(clone),
    targets: targets.map(clone),
    sampleWeights: sampleWeights.map(clone),
    size,
  };
}

/** The checksum of a batch: of its values, shapes and dtypes, and of which part each tensor belongs to. */
export async function computeBatchChecksum({ inputs, targets, sampleWeights }: Batch): Promise<number> {
  const parts: readonly (readonly [string, readonly tf.Tensor[]])[] = [
    ['inputs', inputs],
    ['targets', targets],
    ['sampleWeights', sampleWeights],
  ];
  let checksum = 0;
  for (const [part, tensors] of parts) {
    for (const tensor of tensors) {
      checksum = addText(`${part} ${tensor.dtype} [${tensor.shape.join(', ')}]`, checksum);
      checksum = addValues(await tensor.data<keyof tf.DataTypeMap>(), checksum);
    }
  }
  return checksum;
}

function addText(text: string, checksum: number): number {
  return crc32(new TextEncoder().encode(text), checksum);
}

function addValues(values: tf.DataTypeMap[keyof tf.DataTypeMap], checksum: number): number {
  if (values instanceof Float32Array) return addFloats(values, checksum);
  if (ArrayBuffer.isView(values))
    return crc32(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), checksum);
  return addText(JSON.stringify(values), checksum);
}

const FLOATS_AT_ONCE = 2 ** 16;
const EXPONENT = 0x7f800000;
const MANTISSA = 0x007fffff;

/**
 * A value that went through a GPU may come back with another NaN, or with 0 for -0 and for a subnormal
 * number. So these count as the same.
 */
function addFloats(values: Float32Array, checksum: number): number {
  let result = checksum;
  const words = new Uint32Array(Math.min(values.length, FLOATS_AT_ONCE));
  for (let from = 0; from < values.length; from += FLOATS_AT_ONCE) {
    const part = values.subarray(from, from + FLOATS_AT_ONCE);
    new Float32Array(words.buffer).set(part);
    for (let index = 0; index < part.length; index++) {
      const word = words[index] as number;
      const exponent = word & EXPONENT;
      if (exponent === 0) words[index] = 0;
      else if (exponent === EXPONENT && (word & MANTISSA) !== 0) words[index] = EXPONENT + 1;
    }
    result = crc32(new Uint8Array(words.buffer, 0, part.byteLength), result);
  }
  return result;
}
