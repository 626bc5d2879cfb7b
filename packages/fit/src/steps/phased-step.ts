import * as tf from '@tensorflow/tfjs-core';
import { explainMissingKernel } from '../backend/explain-missing-kernel.js';
import { releaseTape } from '../backend/release-tape.js';
import type { Batch } from '../data/batch-source.js';
import type { LogSink } from '../objective/running-logs.js';
import type { StepTools } from './compute.js';
import {
  checkOutputs,
  checkPhaseLogs,
  type ComputedPhase,
  computePhase,
  holdScalar,
  nameLoss,
  type PhasedTraining,
  type PlannedPhase,
} from './phase-loss.js';
import { createShardedPhases } from './phased-shards.js';
import type { ShardedStep } from './sharded-step.js';
import type { StepRuns } from './step.js';
import { createStepRandom } from './step-random.js';
import { explainNoGradient, HeldTensors, TensorCount } from './step-results.js';

/** The step of a training in phases. */
export class PhasedStep implements StepRuns {
  readonly sharded: ShardedStep | string;
  readonly #training: PhasedTraining;
  readonly #counts: ReadonlyMap<string, TensorCount>;

  constructor(training: PhasedTraining) {
    this.#training = training;
    this.#counts = new Map(training.phases.map(({ phase }) => [phase.name, new TensorCount()]));
    this.sharded = createShardedPhases(training);
  }

  train(batch: Batch, logs: LogSink, tools: StepTools): void {
    const random = createStepRandom(tools.random);
    const held = new HeldTensors();
    // By phase: an optimizer may compute its loss several times in a step, and the last one counts.
    const computed = new Map<string, ComputedPhase>();
    try {
      for (const planned of this.#training.phases) {
        const compute = () => {
          const result = computePhase(this.#training, planned, batch, { random, training: true }, held);
          computed.set(planned.phase.name, result);
          return result.loss;
        };
        this.#minimize(planned, compute, held);
      }
      this.#record(logs, batch, [...computed.values()]);
    } catch (error) {
      releaseTape();
      throw explainMissingKernel(error, this.#training.model, [...batch.inputs]);
    } finally {
      releaseTape();
      held.dispose();
    }
  }

  test(batch: Batch, logs: LogSink, tools: StepTools): void {
    const random = createStepRandom(tools.random);
    const held = new HeldTensors();
    try {
      tf.tidy(() => {
        const computed = this.#training.phases.map((planned) =>
          computePhase(this.#training, planned, batch, { random, training: false }, held),
        );
        this.#record(logs, batch, computed);
      });
    } catch (error) {
      throw explainMissingKernel(error, this.#training.model, [...batch.inputs], false);
    } finally {
      held.dispose();
    }
  }

  #minimize({ phase, role }: PlannedPhase, compute: () => tf.Scalar, held: HeldTensors): void {
    const count = this.#counts.get(phase.name);
    const heldBefore = held.count;
    count?.begin();
    try {
      role.minimize(this.#training.model.weights, compute, (gradients) =>
        count?.check(nameLoss(phase), held.count - heldBefore + gradients),
      );
    } catch (error) {
      throw explainNoGradient(error, nameLoss(phase));
    }
  }

  /** Adds the results of the phases, in their order, for a batch. */
  #record(logs: LogSink, batch: Batch, computed: readonly ComputedPhase[]): void {
    const { phases, lossKeys, metrics } = this.#training;
    const values = new Map<string, tf.Scalar>();
    checkPhaseLogs(
      phases,
      computed.map(({ logs: own }) => [...own.keys()]),
    );
    for (const { logs: own } of computed) for (const [key, value] of own) values.set(key, holdScalar(value));
    lossKeys.forEach((key, index) => values.set(key, holdScalar(computed[index]?.loss as tf.Scalar)));
    const sum = tf.tidy(() =>
      holdScalar(computed.map(({ loss }) => loss).reduce((total, loss) => tf.add(total, loss))),
    );
    if (metrics === undefined) values.set('loss', sum);
    logs.addMeans({ values, weight: batch.size });
    if (metrics === undefined) return;
    try {
      // Those of the last phase that returned some.
      const outputs = [...computed].reverse().find((one) => one.outputs !== undefined)?.outputs;
      metrics.record(
        logs,
        { total: sum, outputs: [] },
        { outputs: checkOutputs(outputs, batch), masks: [] },
        batch,
      );
    } finally {
      sum.dispose();
    }
  }
}
