import { KeepfitError } from '@keepfit/callbacks';
import { describeBackend } from '../backend/describe-backend.js';
import type { Engine, ShardComputer, SharedStep } from '../contract/engine.js';
import type { Model, NamedWeight } from '../contract/model.js';
import type { HostTensor, ShardSum } from '../contract/shard.js';
import type { Compute } from '../steps/compute.js';
import type { ShardedStep } from '../steps/sharded-step.js';
import type { Step } from '../steps/step.js';
import { checkSum } from './check-sum.js';
import { describeTraining } from './describe-training.js';
import { findSharded } from './find-sharded.js';
import { readTensor } from './host-tensor.js';
import { createLocalEngine } from './local-engine.js';
import { LocalShards } from './local-shards.js';

/** What is computed in shards. */
export interface ShardedTraining {
  readonly model: Model;
  readonly step: Step;
  readonly shards: number;
  /** Computes the shards. @default this thread */
  readonly engine: Engine | undefined;
  /** Computes a shard on this thread. */
  readonly compute: Compute;
  /** What workers replay. */
  readonly replay: 'auto' | boolean;
  /** How many steps the run has, those before a resume too; undefined if that is not known. */
  readonly steps?: number | undefined;
}

/** Which run an engine serves now. */
const served = new WeakMap<Engine, SharedEngine>();

/** The engine of a run: it begins before the first step, and again when a hook has changed the model. */
export class SharedEngine {
  readonly sharded: ShardedStep;
  /** Computes on this thread. */
  readonly local: ShardComputer;
  readonly #training: ShardedTraining;
  readonly #engine: Engine;
  readonly #weights: WeightReader;
  /** The flags of the weights as the engine knows them; undefined before it began. */
  #flags: string | undefined;
  #findChange: () => string | undefined = () => undefined;

  /** @throws KEEPFIT_INVALID_OPTION when the model or the step cannot be computed in shards. */
  constructor(training: ShardedTraining) {
    this.#training = training;
    const { model, step, compute } = training;
    const sharded = (this.sharded = findSharded(training));
    this.local = new LocalShards({ model, step, sharded, compute });
    this.#engine = training.engine ?? createLocalEngine();
    this.#weights = new WeightReader(training.model);
  }

  /**
   * Computes tasks with the weights that the model has now.
   *
   * @param trained The weights of which gradients are wanted.
   * @throws KEEPFIT_ENGINE_FAILED when the engine gives something else than their sum.
   */
  async sum(tasks: SharedStep['tasks'], trained: readonly NamedWeight[] = []): Promise<ShardSum> {
    await this.begin();
    const sum = await this.#engine.sum({ tasks, readWeights: () => this.#weights.read() });
    checkSum(this.#engine.name, sum, tasks, trained);
    return sum;
  }

  /**
   * Tells the engine about the model, before the first step and when a hook has changed it.
   *
   * @throws KEEPFIT_INVALID_STATE when the engine serves another run.
   */
  async begin(): Promise<void> {
    const { model, step, shards, replay } = this.#training;
    const flags = model.weights.map(({ trainable }) => (trainable ? 1 : 0)).join('');
    if (flags === this.#flags && this.#findChange() === undefined) return;
    this.#claim();
    const recording = model.describeRecording?.();
    this.#findChange = () => recording?.findChange();
    this.#flags = flags;
    await this.#engine.begin({
      shards,
      replay,
      description: describeTraining(model, step),
      source: {
        backend: describeBackend(),
        model: model.describeSource?.() ?? 'the model was not made from layers of tfjs',
      },
      local: this.local,
    });
  }

  /** Releases the workers. */
  async end(): Promise<void> {
    if (this.#flags === undefined) return;
    this.#flags = undefined;
    try {
      await this.#engine.end();
    } finally {
      served.delete(this.#engine);
    }
  }

  #claim(): void {
    const other = served.get(this.#engine);
    if (other !== undefined && other !== this)
      throw new KeepfitError(
        'KEEPFIT_INVALID_STATE',
        `the engine "${this.#engine.name}" serves another fit or evaluation; await that one first, or give each its own engine`,
      );
    served.set(this.#engine, this);
  }
}

/** Reads the weights of a model once for each set of values. */
class WeightReader {
  readonly #model: Model;
  #memory: readonly object[] = [];
  #last: Promise<readonly HostTensor[]> | undefined;

  constructor(model: Model) {
    this.#model = model;
  }

  read(): Promise<readonly HostTensor[]> {
    const { weights } = this.#model;
    const memory = weights.map(({ variable }) => variable.dataId);
    // A step gives each variable new memory, and nobody writes into the old.
    const isSame = this.#last !== undefined && memory.every((id, place) => id === this.#memory[place]);
    if (isSame && this.#last !== undefined) return this.#last;
    this.#memory = memory;
    this.#last = Promise.all(weights.map(({ variable }): Promise<HostTensor> => readTensor(variable)));
    return this.#last;
  }
}
