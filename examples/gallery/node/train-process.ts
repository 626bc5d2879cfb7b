// One training process of the gallery, for the tests and the pictures. It can kill itself in mid-training. Otherwise
// it prints its result as the last line.
import { fsStore } from '@keepfit/store-fs';
import { type CallbackHooks, getTrainer, type Logs } from 'keepfit';
import { digestTraining, type TrainingDigest } from '../src/digest-training.js';
import { type ExampleName, examples } from '../src/examples.js';

/** The argument of the process, as JSON. */
export interface Order {
  readonly name: ExampleName;
  readonly epochs: number;
  readonly samples: number;
  /** The folder of the backup. */
  readonly folder: string;
  /** After how many batches of this process to end it by SIGKILL. @default never */
  readonly killAfter?: number;
}

export interface Result {
  readonly digest: TrainingDigest;
  /** Of all epochs, those before a crash included. */
  readonly history: Readonly<Record<string, readonly number[]>>;
  /** The loss of each step since epoch 0. */
  readonly losses: readonly number[];
}

const order = JSON.parse(process.argv[2] ?? '') as Order;
const losses: number[] = [];
const callbacks = [collectLosses(losses), ...(order.killAfter ? [killAfter(order.killAfter)] : [])];
const { epochs, samples } = order;
const model = await examples[order.name].train({ epochs, samples, store: fsStore(order.folder), callbacks });
const { history } = getTrainer(model).history;
console.log(`\n${JSON.stringify({ digest: await digestTraining(model), history, losses } satisfies Result)}`);

/** The checkpoint has these losses too, so that the curve of a resumed training is whole. */
function collectLosses(collected: number[]): CallbackHooks {
  let mean = { total: 0, batches: 0 };
  return {
    name: 'GalleryLosses',
    batchLogs: true,
    getState: () => ({ losses: Float64Array.from(collected), ...mean }),
    setState({ losses: saved, total, batches }) {
      collected.splice(0, collected.length, ...(saved as Float64Array));
      mean = { total: Number(total), batches: Number(batches) };
    },
    onEpochBegin() {
      mean = { total: 0, batches: 0 };
    },
    onTrainBatchEnd(_batch: number, { loss = NaN }: Logs) {
      // The logs are means of the epoch so far.
      const total = loss * (mean.batches + 1);
      collected.push(total - mean.total);
      mean = { total, batches: mean.batches + 1 };
    },
  };
}

function killAfter(batches: number): CallbackHooks {
  let count = 0;
  return {
    batchLogs: false,
    onTrainBatchEnd() {
      count += 1;
      if (count === batches) process.kill(process.pid, 'SIGKILL');
    },
  };
}
