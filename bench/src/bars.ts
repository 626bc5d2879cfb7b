import type { Row } from './bench.js';

/** The goal of a row, by its name. All rows of the tables are listed, also those without a goal. */
export interface Bar extends Pick<Row, 'name' | 'unit' | 'limit' | 'least'> {
  readonly bench: string;
  /** The paragraph of the table's page that says why the row is missed. */
  readonly reason?: string;
}

/** A table of figures and their goals. */
export interface BarTable {
  /** The page that has it. @default 'docs/performance.md' */
  readonly page?: string;
  /** The name of its place in the page. */
  readonly place: string;
  /** Its heading in the page. */
  readonly title: string;
  readonly bars: readonly Bar[];
}

const MLP = 'MLP 784-128-64-10, batch 32';
const MNIST = 'MNIST convnet 32/64/dense 128, batch 32';
const CIFAR = 'CIFAR convnet 32/32/64 with batch norm, batch 32';
const TEXT = 'embedding 1000×32 and LSTM 32 over 20 steps, batch 32';

/**
 * Every goal that the benches measure, in the order of the tables. Those of sizes are in benches/size.ts. Change
 * one here only together with a new run of the bench: a row that was measured with another goal counts as not
 * measured.
 */
export const barTables: readonly BarTable[] = [
  {
    place: 'steps',
    title: 'Training steps',
    bars: [
      ...list('replay', { reason: 'Replayed steps' }, [
        [`${TEXT}, replayed ÷ normal step, wasm`, { limit: 0.25 }],
        [`${MLP}, replayed ÷ normal step, wasm`, { limit: 0.6 }],
        ['dense 20→10, batch 32, replayed ÷ normal step, wasm', { limit: 0.6 }],
        ['dense 20→10, batch 32, replayed ÷ normal step, cpu', { limit: 0.6 }],
        [`${MNIST}, replayed ÷ normal step, wasm`, { limit: 0.85 }],
        [`${CIFAR}, replayed ÷ normal step, wasm`, {}],
        [
          `${MNIST}, kernels beside convolutions and matrix products, share of a step, wasm`,
          { limit: 12, unit: '%', reason: 'Kernels of the convnets' },
        ],
      ]),
      ...list('models', { reason: 'Replayed steps' }, [
        [`${MLP}, wasm ÷ tfjs’ own wasm`, { limit: 0.22 }],
        [`${TEXT}, wasm ÷ cpu`, { limit: 0.15 }],
      ]),
      ...list('models', { reason: 'Kernels of the convnets' }, [
        [`${MNIST}, tfjs’ own cpu ÷ cpu`, { least: 15 }],
        [`${MLP}, share of a packed matmul’s rate`, { unit: '%' }],
        [`${MNIST}, share of a packed matmul’s rate`, { least: 90, unit: '%' }],
        [
          'MNIST convnet 32/64/dense 128, batch 128, share of a packed matmul’s rate',
          { least: 90, unit: '%' },
        ],
        [`${CIFAR}, share of a packed matmul’s rate`, { least: 90, unit: '%' }],
      ]),
    ],
  },
  {
    place: 'keras',
    title: 'Against Keras',
    bars: [
      ...list('keras', { reason: 'One-thread Keras' }, [
        [`${MLP}, wasm ÷ Keras on jax`, { limit: 1 }],
        [`${MNIST}, wasm ÷ Keras on jax`, { limit: 1.4 }],
        [`${CIFAR}, wasm ÷ Keras on jax`, { limit: 1.6 }],
        [`${TEXT}, wasm ÷ Keras on jax`, { limit: 0.7 }],
      ]),
      ...list(
        'keras',
        {},
        [
          'wasm ÷ Keras on TensorFlow',
          'TensorFlow in Node ÷ Keras on TensorFlow',
          'TensorFlow in Node ÷ wasm',
        ].flatMap((ratio) => [MLP, MNIST, CIFAR, TEXT].map((model) => [`${model}, ${ratio}`, {}] as const)),
      ),
    ],
  },
  {
    place: 'fit',
    title: 'Whole trainings',
    bars: [
      ...list('loop', {}, [
        ['fit ÷ a loop by hand, MLP 784-128-64-10, cpu', { limit: 1.03 }],
        ['fit ÷ a loop by hand, MLP 784-128-64-10, wasm', { limit: 1.03 }],
        ['fit ÷ a loop by hand, 20→10, cpu', { limit: 1.1 }],
        ['fit ÷ a loop by hand, 20→10, wasm', { limit: 1.1 }],
      ]),
      ...list('tfjs-fit', {}, [
        ['fit ÷ tfjs-layers’ fit, MLP 784-128-64-10, wasm', { limit: 0.85 }],
        ['fit ÷ tfjs-layers’ fit, 20→10, cpu', { limit: 0.7 }],
        ['fit ÷ tfjs-layers’ fit, 20→10, wasm', { limit: 0.7 }],
      ]),
      ...list('optimizers', { reason: 'Optimizers' }, [
        ['AdamW with globalClipnorm ÷ Adam, MNIST convnet, cpu', { limit: 1.1 }],
        ['AdamW with globalClipnorm ÷ Adam, MNIST convnet, wasm', { limit: 1.1 }],
        ['adam() ÷ tf.train.adam(), MLP 784-128-64-10, cpu', { limit: 1.03 }],
        ['adam() ÷ tf.train.adam(), MLP 784-128-64-10, wasm', { limit: 1.03 }],
      ]),
      ...list('epoch', {}, [
        [
          'epoch of 60000 digits with validation, progress bar and a backup each 100 batches ÷ its train steps alone, wasm',
          { limit: 1.05 },
        ],
      ]),
      ...list('predict', { reason: 'Noise' }, [
        ['predict ÷ tfjs-layers’ predict, 12,800 rows of 784, wasm', { limit: 0.02 }],
      ]),
    ],
  },
  {
    place: 'beside',
    title: 'Backups beside training',
    bars: [
      ...list('stall', { unit: 'ms', reason: 'Backups of replayed steps' }, [
        ['p99 extra time of a step during a backup of 38 MB, cpu', { limit: 2 }],
        ['p99 extra time of a step during a backup of 38 MB, wasm', { limit: 2 }],
        ['p99 extra time of a step during a backup of 150 MB, cpu', { limit: 2 }],
        ['p99 extra time of a step during a backup of 150 MB, wasm', { limit: 2 }],
      ]),
      ...list('main-thread', { reason: 'Main thread' }, [
        ['main-thread work of a backup of 38 MB ÷ memcpy, cpu', { limit: 2 }],
        ['main-thread work of a backup of 38 MB ÷ memcpy, wasm', { limit: 2 }],
        ['main-thread work of a backup of 150 MB ÷ memcpy, cpu', { limit: 2 }],
        ['main-thread work of a backup of 150 MB ÷ memcpy, wasm', { limit: 2 }],
      ]),
      ...list('every-batch', { unit: '%', reason: 'Backups of replayed steps' }, [
        ['slow-down of training the convnet with saveFreq 1, wasm', { limit: 5 }],
        ['slow-down of training the convnet with saveFreq 3, wasm', {}],
        ['slow-down of training the convnet with saveFreq 10, wasm', {}],
        ['slow-down of training the convnet with saveFreq 30, wasm', {}],
      ]),
      ...list('every-epoch', { unit: '%', reason: 'Backups of replayed steps' }, [
        [
          "slow-down of training the convnet with saveFreq 'epoch' of 100 steps, 150 MB of state, wasm",
          { limit: 1 },
        ],
        ['the same, from the first step to the end of the last epoch', {}],
      ]),
      ...list('memory', {}, [
        ['bytes held at the peak of a backup ÷ state of 150 MB, cpu', { limit: 1.3 }],
        ['bytes held at the peak of a backup ÷ state of 150 MB, wasm', { limit: 1.5 }],
      ]),
      ...list('growth', {}, [
        ['growth of the longest stall over state, MB in 36 tensors, as an exponent', { limit: 1 }],
        ['growth of the longest stall over tensors, 20 MB in all, as an exponent', { limit: 1 }],
      ]),
    ],
  },
  {
    place: 'stores',
    title: 'Writing and reading',
    bars: [
      ...list('disk', { reason: 'To disk' }, [
        ['backup of 38 MB to disk ÷ dd conv=fsync', { limit: 1.2 }],
        ['backup of 150 MB to disk ÷ dd conv=fsync', { limit: 1.15 }],
        ['backup of 1000 MB to disk ÷ dd conv=fsync', { limit: 1.15 }],
      ]),
      ...list('restore', { reason: 'Restore' }, [
        ['restore of 38 MB ÷ reading its file into fresh memory and its CRC-32, cpu', { limit: 1.3 }],
        ['restore of 150 MB ÷ reading its file into fresh memory and its CRC-32, cpu', { limit: 1.3 }],
        ['restore of 38 MB ÷ reading its file from the disk, cpu', { limit: 1.2 }],
        ['restore of 150 MB ÷ reading its file from the disk, cpu', { limit: 1.2 }],
      ]),
      ...list('model-save', { reason: '`model.save`' }, [
        ['time of a backup ÷ model.save of 3 MB to IndexedDB in Chromium', { limit: 2 }],
        ['time of a backup ÷ model.save of 38 MB to IndexedDB in Chromium', { limit: 2 }],
        ['longest stop of the page, backup ÷ model.save, of 3 MB to IndexedDB in Chromium', { limit: 0.2 }],
        ['longest stop of the page, backup ÷ model.save, of 38 MB to IndexedDB in Chromium', { limit: 0.2 }],
      ]),
    ],
  },
  {
    page: 'docs/object-storage.md',
    place: 'object-storage',
    title: 'What it costs',
    bars: [
      ...list('object-storage', { reason: 'Time of a backup' }, [
        ['backup of 38 MB to Ceph ÷ a plain PUT', { limit: 1.15 }],
        ['backup of 150 MB to Ceph ÷ a plain PUT', { limit: 1.15 }],
      ]),
      ...list('object-storage', { reason: 'Time of a restore' }, [
        ['restore of 38 MB from Ceph ÷ a plain GET', { limit: 1.15 }],
        ['restore of 150 MB from Ceph ÷ a plain GET', { limit: 1.15 }],
      ]),
      ...list('object-storage', { reason: 'Main thread' }, [
        ['main-thread work of a backup of 38 MB to Ceph ÷ memcpy', { limit: 2 }],
        ['main-thread work of a backup of 150 MB to Ceph ÷ memcpy', { limit: 2 }],
        ['main-thread work of a backup of 38 MB to Ceph ÷ that of a plain PUT', {}],
        ['main-thread work of a backup of 150 MB to Ceph ÷ that of a plain PUT', {}],
      ]),
    ],
  },
  {
    page: 'docs/parallel.md',
    place: 'parallel',
    title: 'What it costs',
    bars: [
      ...list('parallel', { reason: 'Parts that are not shared' }, [
        ['MNIST convnet, batch 512, 2 workers and 4 shards ÷ no engine, wasm', { limit: 0.57 }],
        ['MNIST convnet, batch 128, 2 workers and 4 shards ÷ no engine, wasm', { limit: 0.7 }],
        ['MNIST convnet, batch 128, 2 workers and 4 shards ÷ no engine, replayed, wasm', { limit: 0.65 }],
        ['MNIST convnet, batch 32, 2 workers and 4 shards ÷ no engine, replayed, wasm', { limit: 0.95 }],
        ['MNIST convnet, batch 512, 4 shards ÷ 1 shard, no engine, wasm', {}],
        ['MNIST convnet, batch 128, 4 shards ÷ 1 shard, no engine, wasm', {}],
      ]),
      ...list('parallel', { reason: 'The coordinator' }, [
        ['MNIST convnet, batch 512, 1 worker and 1 shard ÷ no engine, wasm', { limit: 1.03 }],
        ['MNIST convnet, batch 128, 1 worker and 1 shard ÷ no engine, wasm', { limit: 1.03 }],
        ['main-thread work of a shared step, 0.9 MB of weights, batch 128, wasm', { limit: 3, unit: 'ms' }],
      ]),
      ...list('parallel', { reason: 'A killed thread' }, [
        [
          'delay of a step, one of whose 2 threads is killed half-way ÷ a typical step, batch 128, wasm',
          { limit: 2 },
        ],
      ]),
      ...list('parallel', { reason: 'Memory of a worker' }, [
        [
          'RSS of a worker after 20 steps, less 8 bytes a weight, MNIST convnet, batch 32, wasm',
          { limit: 60, unit: 'MB' },
        ],
      ]),
      ...list('parallel', {}, [['predicted ÷ measured step, 2 workers and 4 shards, batch 128, wasm', {}]]),
    ],
  },
  {
    page: 'docs/many-machines.md',
    place: 'machines',
    title: 'When it pays',
    bars: [
      ...list('machines', { reason: 'Over loopback' }, [
        ['MNIST convnet, batch 512, 2 worker processes over NATS ÷ 2 threads, wasm', { limit: 1.25 }],
        ['MNIST convnet, batch 128, 2 worker processes over NATS ÷ 2 threads, wasm', {}],
      ]),
      ...list('machines', { reason: 'A killed worker' }, [
        [
          'delay of a step, one of whose 2 worker processes is killed half-way ÷ a typical step, batch 512, wasm',
          { limit: 3 },
        ],
        [
          'delay of a step, one of whose 2 worker processes is killed half-way ÷ a typical step, batch 128, wasm',
          { limit: 3 },
        ],
      ]),
      ...list('machines', {}, [
        [
          'time from the kill of a coordinator to the end of the first step of its standby, less its lease of 3 s',
          { limit: 5000, unit: 'ms' },
        ],
      ]),
    ],
  },
];

/** Finds what the tables list of a row. */
export function findBar(bench: string, name: string): Bar | undefined {
  return barTables.flatMap(({ bars }) => bars).find((bar) => bar.bench === bench && bar.name === name);
}

/** Returns a row with its goal, if it has one. */
export function addGoal(bench: string, row: Row): Row {
  const { limit, least } = findBar(bench, row.name) ?? {};
  return { ...row, ...(limit !== undefined && { limit }), ...(least !== undefined && { least }) };
}

/** Lists rows of one bench. A ratio needs no unit. `shared` is for the rows that say nothing else. */
function list(
  bench: string,
  shared: Partial<Pick<Bar, 'unit' | 'reason'>>,
  rows: readonly (readonly [name: string, own: Partial<Omit<Bar, 'bench' | 'name'>>])[],
): Bar[] {
  return rows.map(([name, own]) => ({ bench, name, unit: '×', ...shared, ...own }));
}
