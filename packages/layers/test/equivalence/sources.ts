import type { Arrays, BatchData, ShapedData } from '@keepfit/fit';
import { data } from '@tensorflow/tfjs';
import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { BATCH_SIZE, type Part, type ZooMember } from './zoo-member.js';

export type SourceKind = 'arrays' | 'stream that seeks' | 'stream that is skipped' | 'tf.data';

export const SOURCES: readonly SourceKind[] = [
  'arrays',
  'stream that seeks',
  'stream that is skipped',
  'tf.data',
];

/** Arguments for `fit`: arrays with their targets, or a source of batches. */
type Source = readonly [x: Arrays, y: Arrays] | readonly [x: BatchData];

/** Data of a zoo member in one of the forms that fit takes. It is fresh each time, as in a new process. */
export function openSource(member: ZooMember, kind: SourceKind, samples: number, from: number): Source {
  const [x, y] = [member.inputs(samples, from), member.targets(samples, from)];
  const batches = Math.ceil(samples / BATCH_SIZE);
  const batch = (index: number, random: () => number) => {
    const [begin, end] = [index * BATCH_SIZE, Math.min(samples, (index + 1) * BATCH_SIZE)];
    return {
      xs: map(x, (array) => augmented(rows(array, begin, end), random)),
      ys: map(y, (array) => rows(array, begin, end)),
    };
  };
  if (kind === 'arrays') return [x as Arrays, y as Arrays];
  if (kind === 'tf.data') return [dataset(x, y, samples) as unknown as BatchData];
  if (kind === 'stream that seeks') {
    return [
      {
        length: batches,
        *batchesFrom(_epoch, first, { randomFor }) {
          for (let index = first; index < batches; index++) yield batch(index, randomFor(index));
        },
      },
    ];
  }
  return [
    function* ({ epoch, random }) {
      // The order turns with the epoch, and every batch moves the random numbers on.
      for (let index = 0; index < batches; index++)
        yield batch((index + (samples % BATCH_SIZE === 0 ? epoch : 0)) % batches, random);
    },
  ];
}

/** One tensor a sample, shuffled by a seed and batched by tf.data. */
function dataset(x: Part, y: Part, samples: number): unknown {
  const row = (part: Part, index: number) => map(part, (array) => toTensor(rows(array, index, index + 1)));
  function* elements() {
    for (let index = 0; index < samples; index++) yield { xs: row(x, index), ys: row(y, index) };
  }
  return data
    .generator(elements as never)
    .shuffle(samples, '5')
    .batch(BATCH_SIZE);
}

function toTensor({ data: values, shape }: ShapedData): Tensor {
  return tensor(values as Float32Array, shape.slice(1));
}

function map<To>(part: Part, change: (array: ShapedData) => To): To | Record<string, To> {
  if (isShaped(part)) return change(part);
  return Object.fromEntries(Object.entries(part).map(([name, array]) => [name, change(array)]));
}

function isShaped(part: Part): part is ShapedData {
  return ArrayBuffer.isView(part['data']);
}

function rows({ data: values, shape }: ShapedData, begin: number, end: number): ShapedData {
  const size = shape.slice(1).reduce((product, length) => product * length, 1);
  return {
    data: values.slice(begin * size, end * size) as Float32Array,
    shape: [end - begin, ...shape.slice(1)],
  };
}

/** Whole numbers are words, and stay. */
function augmented({ data: values, shape }: ShapedData, random: () => number): ShapedData {
  return {
    data: Float32Array.from(values, (value) => (Number.isInteger(value) ? value : value + 0.1 * random())),
    shape,
  };
}
