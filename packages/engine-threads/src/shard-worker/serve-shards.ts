import { type HostTensor, type ShardSum, type ShardTask, sumTree } from '@keepfit/fit/engine';
import type { FromWorker, SentWeights, ToWorker } from '../contract/messages.js';
import { packError } from '../contract/sent-error.js';
import { type CreateTraining, createRunner, type HeldRunner } from './create-runner.js';
import { openPort, type Port } from './open-port.js';

/** Marks the global scope of a worker that serves, for all copies of this module. */
const SERVES = Symbol.for('keepfit.serves');

/**
 * Computes shards for the thread that started this worker. A file of your own that calls it is a program for
 * `threads({ worker })`. A second call in the same worker does nothing.
 *
 * @param create Makes the training. @default from its configuration, or by the module that `threads` was given
 */
export function serveShards(create?: CreateTraining): void {
  const scope = globalThis as { [SERVES]?: boolean };
  // WebKit evaluates the program of a worker again if another module imports from it: the first evaluation serves.
  if (scope[SERVES] === true) return;
  scope[SERVES] = true;
  serveOn(openPort(), create);
}

/** Works off the messages of a port, one after the other. */
export function serveOn(port: Port, create: CreateTraining | undefined): void {
  const worker = new ShardWorker(create);
  let last = Promise.resolve();
  port.listen((message) => {
    last = last.then(async () => {
      const answer = await worker.answer(message as ToWorker);
      port.post(answer, listBuffers(answer));
    });
  });
}

class ShardWorker {
  readonly #create: CreateTraining | undefined;
  #held: HeldRunner | undefined;
  /** The version of the weights that the model has. */
  #version: number | undefined;

  constructor(create: CreateTraining | undefined) {
    this.#create = create;
  }

  async answer(message: ToWorker): Promise<FromWorker> {
    if (message.kind === 'begin') {
      const { incarnation, training } = message;
      try {
        this.#held?.dispose();
        this.#held = undefined;
        this.#version = undefined;
        this.#held = await createRunner(training, this.#create);
        return { kind: 'ready', incarnation };
      } catch (error) {
        return { kind: 'refused', incarnation, error: packError(error) };
      }
    }
    const { job, weights, tasks } = message;
    try {
      return { kind: 'sum', job, sum: await this.#compute(weights, tasks) };
    } catch (error) {
      return { kind: 'failed', job, error: packError(error) };
    }
  }

  async #compute(
    { version, values }: SentWeights,
    tasks: readonly [ShardTask, ...ShardTask[]],
  ): Promise<ShardSum> {
    if (this.#held === undefined) throw new Error('the worker has no training');
    const { runner } = this.#held;
    if (version !== this.#version && values !== undefined) runner.setWeights(values);
    this.#version = version;
    const sums: ShardSum[] = [];
    for (const task of tasks) sums.push(await runner.compute(task));
    return sumTree(sums as [ShardSum, ...ShardSum[]], { reuse: true });
  }
}

/** The memory of an answer, which moves to the coordinator instead of being copied. */
function listBuffers(answer: FromWorker): Transferable[] {
  if (answer.kind !== 'sum') return [];
  const { gradients, assigned, outputs } = answer.sum;
  const tensors: (HostTensor | undefined)[] = [...assigned, ...outputs.flatMap((each) => each.outputs)];
  const arrays = [...gradients, ...tensors.map((tensor) => tensor?.values)];
  return [...new Set(arrays.flatMap((array) => (array === undefined ? [] : [array.buffer as ArrayBuffer])))];
}
