import { createHash } from 'node:crypto';
import { BackupAndRestore, type CallbackHooks } from '@keepfit/callbacks';
import { useBackend } from '@keepfit/fit';
import { threads as shareWithThreads } from '@keepfit/engine-threads';
import { fit, getTrainer } from '@keepfit/layers';
import { fsStore } from '@keepfit/store-fs';
import { nodeBackend } from '../../src/index.js';
import { buildSubject, createData, type SubjectName } from './models.js';

/** The first argument of the process, as JSON. */
export interface TrainOrder {
  readonly name: SubjectName;
  readonly threads: number;
  /** The seed of the initial weights. */
  readonly init: number;
  /** The parts of each batch. @default 1 */
  readonly shards?: number;
  /** Worker threads that share each step. */
  readonly engine?: { readonly workers: number; readonly worker: string; readonly module: string };
  /** The folder of the store; without one, there are no backups. */
  readonly folder?: string;
  /** The process kills itself at the so many-th batch that it trains. */
  readonly killAt?: number;
}

/** Written to stdout at the end, as JSON. */
export interface TrainReport {
  /** A digest of the bits of all weights and of the history. */
  readonly digest: string;
  readonly kernels: string;
  /** The batches that this process trained. */
  readonly batches: number;
}

const {
  name,
  threads,
  init,
  shards = 1,
  engine,
  folder,
  killAt,
} = JSON.parse(process.argv[2] ?? '') as TrainOrder;
const { kernels } = await useBackend(nodeBackend({ threads }));
const model = buildSubject(name, init);
model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
const { x, y } = createData(name);
let batches = 0;
const count: CallbackHooks = {
  batchLogs: false,
  onTrainBatchEnd: () => {
    batches += 1;
    if (batches !== killAt) return;
    process.kill(process.pid, 'SIGKILL');
    // A signal to the own process arrives when the next system call returns.
    for (;;);
  },
};
const backup = folder === undefined ? [] : [new BackupAndRestore(fsStore(folder), { saveFreq: 1 })];
await fit(model, x, y, {
  epochs: 3,
  batchSize: 32,
  seed: 3,
  verbose: 0,
  shards,
  ...(engine !== undefined && { engine: shareWithThreads(engine) }),
  callbacks: [...backup, count],
});
const { history } = getTrainer(model) as { history: unknown };
const hash = createHash('sha256').update(JSON.stringify(history));
for (const weight of model.getWeights()) hash.update(new Uint8Array((await weight.data()).slice().buffer));
const report: TrainReport = { digest: hash.digest('hex'), kernels, batches };
process.stdout.write(JSON.stringify(report));
