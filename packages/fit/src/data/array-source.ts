import type { StateRecord } from '@keepfit/callbacks';
import { crc32 } from '@keepfit/callbacks/checkpoint';
import { createPermutation } from '../random/permutation.js';
import type { Batch, BatchSource } from './batch-source.js';
import { gatherRows, type HostArray, sliceRows } from './host-array.js';
import { RowChecksums } from './row-checksums.js';

/** Data that is wholly on the host. All arrays have the same number of rows. */
export interface ArrayData {
  readonly inputs: readonly HostArray[];
  readonly targets: readonly HostArray[];
  /** Weights [samples, …]: one array for all outputs, or one per output; none if samples are not weighted. */
  readonly sampleWeights: readonly HostArray[];
  readonly samples: number;
}

/** Batches of arrays, assembled on the host row by row; the last one of a pass may be smaller. */
export function createArraySource(data: ArrayData, batchSize: number, shuffle: boolean): BatchSource {
  const batches = Math.ceil(data.samples / batchSize);
  const arrays = [...data.inputs, ...data.targets];
  return {
    batches,
    canMakeAhead: true,
    rows: new RowChecksums([...arrays, ...data.sampleWeights], data.samples),
    *open({ pass, from, seed }) {
      const order = shuffle ? createPermutation(data.samples, seed, pass) : undefined;
      for (let batch = from; batch < batches; batch++) {
        yield assemble(data, order, batch * batchSize, Math.min(data.samples, (batch + 1) * batchSize));
      }
    },
    fingerprint: () => ({
      samples: data.samples,
      shapes: arrays.map(({ shape }) => shape.slice(1)),
      rows: arrays.map(checksum),
      ...describeWeights(data.sampleWeights),
    }),
  };
}

/** Weights of the usual kind, one per sample, are not described, as in checkpoints that knew no other. */
function describeWeights(weights: readonly HostArray[]): StateRecord {
  return weights.length < 2 && weights.every(({ shape }) => shape.length === 1)
    ? {}
    : { weights: weights.map(({ shape }) => shape.slice(1)) };
}

/** All the data as one batch. */
export function createWholeBatch(data: ArrayData): Batch {
  return assemble(data, undefined, 0, data.samples);
}

function assemble(data: ArrayData, order: Uint32Array | undefined, begin: number, end: number): Batch {
  const gather = (array: HostArray) => gatherRows(array, order, begin, end);
  return {
    inputs: data.inputs.map(gather),
    targets: data.targets.map(gather),
    sampleWeights: data.sampleWeights.map(gather),
    size: end - begin,
  };
}

/** The checksum of the first and the last row: it shows at no cost that other data was given. */
function checksum(array: HostArray): number {
  const samples = array.shape[0] ?? 0;
  if (samples === 0) return 0;
  return crc32(viewBytes(sliceRows(array, samples - 1, samples)), crc32(viewBytes(sliceRows(array, 0, 1))));
}

function viewBytes({ data }: HostArray): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
