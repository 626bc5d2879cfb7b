import { KeepfitError } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import type { ShardComputer } from '../contract/engine.js';
import type { NamedWeight } from '../contract/model.js';
import type { HostTensor, ShardRows, ShardSum, ShardTask } from '../contract/shard.js';
import { type Batch, disposeBatches } from '../data/batch-source.js';
import type { ShardScales } from '../objective/objective.js';
import { createRandomStream } from '../random/random-stream.js';
import { withRandom } from '../random/with-random.js';
import type { Compute } from '../steps/compute.js';
import type { ShardedPart } from '../steps/sharded-step.js';
import { createTensor, readTensor } from './host-tensor.js';
import { evaluateShard, predictShard, type ShardTools } from './infer-shard.js';
import { ShardLogSink } from './shard-log-sink.js';

/** What a shard is computed from on this thread. */
interface HeldShard {
  readonly batch: Batch;
  readonly scales: ShardScales | undefined;
  /** Holds the tensors until the function is called that it returns. A recorded step may be compared by them later. */
  readonly retain: () => () => void;
}

/** What the forward pass of a shard assigned to a weight. */
interface Assigned {
  /** The place of the weight in the model. */
  readonly place: number;
  readonly value: tf.Tensor;
}

/**
 * Computes shards on this thread, with the weights that the model has.
 *
 * ```
 * task ─▶ rows, scales ─▶ [ weights, random numbers of the shard ─▶ gradients, logs, assigned weights ] ─▶ sum
 *                           one synchronous block; then the assigned weights are as before
 * ```
 */
export class LocalShards implements ShardComputer {
  readonly #tools: ShardTools;

  constructor(tools: ShardTools) {
    this.#tools = tools;
  }

  /**
   * Computes one shard. The model is as before when this returns; the promise waits for the device.
   *
   * @throws KEEPFIT_INVALID_OPTION when the forward pass assigns a weight that cannot be averaged over shards.
   */
  async compute(task: ShardTask): Promise<ShardSum> {
    const { batch, scales, retain } = hold(task);
    const release = retain();
    try {
      switch (task.kind) {
        case 'train':
          return await this.#train(task, { batch, scales, retain });
        case 'test':
          return await evaluateShard(this.#tools, task, batch);
        case 'predict':
          return await predictShard(this.#tools, task, batch);
      }
    } finally {
      release();
    }
  }

  async #train(task: ShardTask, { batch, scales, retain }: HeldShard): Promise<ShardSum> {
    const { share, random, rows, shard } = task;
    const sink = new ShardLogSink();
    const own: tf.Tensor[] = [];
    const { weights } = this.#tools.model;
    try {
      const stream = createRandomStream(random.seed, 'step', random.stream, random.position);
      const compute: Compute = (what, run) => this.#tools.compute({ ...what, retain }, run);
      const { computed, assigned } = withoutAssignments(weights, share, () =>
        withRandom(stream, () =>
          this.#findPart(task).compute(batch, scales, sink, { random: stream, compute }),
        ),
      );
      const { loss, gradients } = computed;
      own.push(loss, ...gradients.filter((gradient) => gradient !== undefined));
      own.push(...assigned.map(({ value }) => value));
      const [lossValue, gradientValues, assignedValues, logs] = await Promise.all([
        loss.data(),
        Promise.all(gradients.map(async (gradient) => gradient && (await readFloats(gradient)))),
        readAssigned(assigned, weights.length, share),
        sink.read(),
      ]);
      const position = stream.position;
      return {
        gradients: gradientValues,
        assigned: assignedValues,
        logs: [{ shard, size: rows.size, loss: lossValue[0] ?? NaN, ...logs, position }],
        outputs: [],
      };
    } finally {
      sink.dispose();
      tf.dispose(own);
    }
  }

  #findPart({ part }: ShardTask): ShardedPart {
    const found = this.#tools.sharded.parts[part];
    if (found === undefined) throw new Error(`the step has no part ${part}`);
    return found;
  }
}

/** Makes the tensors of a shard. They are freed when the last holder has released them. */
function hold({ rows, share, divisors }: ShardTask): HeldShard {
  const batch = createBatch(rows);
  const scales =
    share === 1
      ? undefined
      : {
          share: tf.scalar(share),
          divisors: divisors.map((divisor) => (divisor === undefined ? undefined : tf.scalar(divisor))),
        };
  let holders = 0;
  const retain = () => {
    holders += 1;
    return () => {
      holders -= 1;
      if (holders > 0) return;
      disposeBatches([batch]);
      if (scales !== undefined)
        tf.dispose([scales.share, ...scales.divisors.filter((one) => one !== undefined)]);
    };
  };
  return { batch, scales, retain };
}

function createBatch({ inputs, targets, sampleWeights, size }: ShardRows): Batch {
  const create = (tensors: readonly HostTensor[]): tf.Tensor[] => tensors.map(createTensor);
  return { inputs: create(inputs), targets: create(targets), sampleWeights: create(sampleWeights), size };
}

/**
 * Runs a computation, and gives the weights back the values that they had. The caller disposes the values
 * that it had assigned.
 *
 * @throws KEEPFIT_INVALID_OPTION when it assigned a weight that cannot be averaged over shards.
 */
function withoutAssignments<Result>(
  weights: readonly NamedWeight[],
  share: number,
  run: () => Result,
): { readonly computed: Result; readonly assigned: readonly Assigned[] } {
  const before = weights.map(({ variable }) => ({ values: variable.clone(), memory: variable.dataId }));
  const assigned: Assigned[] = [];
  try {
    const computed = run();
    weights.forEach((weight, place) => {
      if (weight.variable.dataId === before[place]?.memory) return;
      assigned.push({ place, value: weight.variable.clone() });
      if (share !== 1) checkIsAveraged(weight);
    });
    return { computed, assigned };
  } catch (error) {
    tf.dispose(assigned.map(({ value }) => value));
    throw error;
  } finally {
    weights.forEach(({ variable }, place) => {
      const { values, memory } = before[place] as { values: tf.Tensor; memory: object };
      if (variable.dataId !== memory) variable.assign(values);
      values.dispose();
    });
  }
}

function checkIsAveraged({ name, merge, variable: { dtype } }: NamedWeight): void {
  if (merge === 'mean' && dtype === 'float32') return;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    merge === 'mean'
      ? `the weight "${name}" is assigned in the forward pass and holds ${dtype}, of which shards of a batch have no mean; train with shards: 1`
      : `the weight "${name}" is assigned in the forward pass, and nobody knows what the values of several shards of a batch make together; ` +
          "train with shards: 1, or give the weight merge: 'mean' if their mean is right",
  );
}

async function readFloats(tensor: tf.Tensor): Promise<Float32Array> {
  return (await readTensor(tensor)).values as Float32Array;
}

/** The products are rounded once, as a float32 multiplication is. */
async function readAssigned(
  assigned: readonly Assigned[],
  count: number,
  share: number,
): Promise<(HostTensor | undefined)[]> {
  const list: (HostTensor | undefined)[] = Array.from({ length: count });
  await Promise.all(
    assigned.map(async ({ place, value }) => {
      const read = await readTensor(value);
      list[place] = share === 1 ? read : { ...read, values: read.values.map((item) => item * share) };
    }),
  );
  return list;
}
