import { SharedEngine, type ShardedTraining } from './shared-engine.js';
import { SharedInference } from './shared-inference.js';
import { ShardedSteps } from './sharded-steps.js';

/** What a run computes in shards, or on an engine. */
export class SharedRun {
  /** Into how many shards a batch is cut. */
  readonly shards: number;
  readonly steps: ShardedSteps;
  /** Undefined without an engine: batches that are not cut are computed one after the other anyway. */
  readonly inference: SharedInference | undefined;
  readonly #engine: SharedEngine;

  /** @throws KEEPFIT_INVALID_OPTION when the model or the step cannot be computed in shards. */
  constructor(training: ShardedTraining) {
    const engine = (this.#engine = new SharedEngine(training));
    this.shards = training.shards;
    this.steps = new ShardedSteps(training, engine);
    this.inference =
      training.engine === undefined ? undefined : new SharedInference(engine, training.step.logPlan);
  }

  /** Releases the workers. */
  end(): Promise<void> {
    return this.#engine.end();
  }
}
