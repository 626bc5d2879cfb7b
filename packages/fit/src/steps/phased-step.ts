import { KeepfitError } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import { explainMissingKernel } from '../backend/explain-missing-kernel.js';
import { releaseTape } from '../backend/release-tape.js';
import type { Model } from '../contract/model.js';
import type { Batch } from '../data/batch-source.js';
import type { Objective } from '../objective/objective.js';
import type { RunningLogs } from '../objective/running-logs.js';
import type { OptimizerRole } from '../optimizer/optimizer-role.js';
import type { Phase, PhaseContext, PhaseResult } from './custom-options.js';
import { createStepBatch } from './step-batch.js';
import type { StepRuns, StepTools } from './step.js';
import { createStepRandom } from './step-random.js';
import {
  explainNoGradient,
  HeldTensors,
  readLogs,
  readScalar,
  refuseOtherWrites,
  refusePromise,
  TensorCount,
  watchWeights,
} from './step-results.js';

/** A phase that is checked, with its optimizer. */
export interface PlannedPhase {
  readonly phase: Phase<unknown>;
  readonly role: OptimizerRole;
}

/** What one phase gave for a batch. */
interface Computed {
  readonly loss: tf.Scalar;
  readonly logs: ReadonlyMap<string, tf.Scalar>;
  readonly outputs: readonly tf.Tensor[] | undefined;
}

/** The step of a training in phases. */
export class PhasedStep implements StepRuns {
  readonly #model: Model;
  readonly #phases: readonly PlannedPhase[];
  readonly #lossKeys: readonly string[];
  readonly #metrics: Objective | undefined;
  readonly #counts: ReadonlyMap<string, TensorCount>;

  /**
   * @param lossKeys The log keys of the phases' losses, in their order; empty for one phase.
   * @param metrics Compares the outputs that a phase returns with the targets.
   */
  constructor(
    model: Model,
    phases: readonly PlannedPhase[],
    lossKeys: readonly string[],
    metrics: Objective | undefined,
  ) {
    this.#model = model;
    this.#phases = phases;
    this.#lossKeys = lossKeys;
    this.#metrics = metrics;
    this.#counts = new Map(phases.map(({ phase }) => [phase.name, new TensorCount()]));
  }

  train(batch: Batch, logs: RunningLogs, tools: StepTools): void {
    const random = createStepRandom(tools.random);
    const held = new HeldTensors();
    // By phase: an optimizer may compute its loss several times in a step, and the last one counts.
    const computed = new Map<string, Computed>();
    try {
      for (const { phase, role } of this.#phases) {
        const compute = () => {
          const result = this.#compute(phase, batch, { random, training: true }, held);
          computed.set(phase.name, result);
          return result.loss;
        };
        this.#minimize(phase, role, compute, held);
      }
      this.#record(logs, batch, [...computed.values()]);
    } catch (error) {
      releaseTape();
      throw explainMissingKernel(error, this.#model, [...batch.inputs]);
    } finally {
      releaseTape();
      held.dispose();
    }
  }

  test(batch: Batch, logs: RunningLogs, tools: StepTools): void {
    const random = createStepRandom(tools.random);
    const held = new HeldTensors();
    try {
      tf.tidy(() => {
        const computed = this.#phases.map(({ phase }) =>
          this.#compute(phase, batch, { random, training: false }, held),
        );
        this.#record(logs, batch, computed);
      });
    } catch (error) {
      throw explainMissingKernel(error, this.#model, [...batch.inputs], false);
    } finally {
      held.dispose();
    }
  }

  #minimize(phase: Phase<unknown>, role: OptimizerRole, compute: () => tf.Scalar, held: HeldTensors): void {
    const count = this.#counts.get(phase.name);
    const heldBefore = held.count;
    count?.begin();
    try {
      role.minimize(this.#model.weights, compute, (gradients) =>
        count?.check(nameLoss(phase), held.count - heldBefore + gradients),
      );
    } catch (error) {
      throw explainNoGradient(error, nameLoss(phase));
    }
  }

  #compute(phase: Phase<unknown>, batch: Batch, context: PhaseContext, held: HeldTensors): Computed {
    const what = nameLoss(phase);
    const findChanged = watchWeights(this.#model.weights);
    const { weights } = this.#model;
    const returned = refuseOtherWrites(what, weights, () => phase.loss(createStepBatch(batch), context));
    refusePromise(what, returned);
    // Layers write their moving statistics in training; these are not trainable.
    const changed = findChanged().find(({ trainable }) => trainable || !context.training);
    if (changed !== undefined) {
      throw new KeepfitError(
        'KEEPFIT_INVALID_OPTION',
        `${what} changed the weight "${changed.name}"; a loss must only compute${context.training ? '' : ': pass training to the layers'}. ` +
          'To change weights yourself, give trainStep instead of phases',
      );
    }
    const { loss, logs = {}, outputs } = readResult(what, returned);
    const list = readOutputs(what, outputs);
    return {
      loss: held.hold(readScalar(what, loss)),
      logs: readLogs(what, logs, held, this.#ownKeys),
      outputs: this.#metrics && list?.map((output) => held.hold(output)),
    };
  }

  get #ownKeys(): string[] {
    return ['loss', ...this.#lossKeys, ...(this.#metrics?.logPlan.keys ?? [])];
  }

  /** Adds what the phases, in their order, computed for a batch. */
  #record(logs: RunningLogs, batch: Batch, computed: readonly Computed[]): void {
    const hold = (scalar: tf.Tensor): tf.Scalar => tf.keep(scalar.clone()) as tf.Scalar;
    const values = new Map<string, tf.Scalar>();
    checkPhaseLogs(this.#phases, computed);
    for (const { logs: own } of computed) for (const [key, value] of own) values.set(key, hold(value));
    this.#lossKeys.forEach((key, index) => values.set(key, hold(computed[index]?.loss as tf.Scalar)));
    const sum = tf.tidy(() =>
      hold(computed.map(({ loss }) => loss).reduce((total, loss) => tf.add(total, loss))),
    );
    if (this.#metrics === undefined) values.set('loss', sum);
    logs.addMeans({ values, weight: batch.size });
    if (this.#metrics === undefined) return;
    try {
      // Those of the last phase that returned some.
      const outputs = [...computed].reverse().find((one) => one.outputs !== undefined)?.outputs;
      this.#metrics.record(
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

function nameLoss({ name }: Phase<unknown>): string {
  return `the loss of the phase "${name}"`;
}

function readResult(what: string, returned: tf.Tensor | PhaseResult): PhaseResult {
  if (returned instanceof tf.Tensor) return { loss: returned };
  if (typeof returned === 'object' && returned !== null && 'loss' in returned) {
    const unknown = Object.keys(returned).find((key) => !['loss', 'logs', 'outputs'].includes(key));
    if (unknown === undefined) return returned;
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `${what} returned "${unknown}", which would be ignored; it may return { loss, logs, outputs }, with more values in logs`,
    );
  }
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `${what} must return a scalar tensor, or { loss, logs, outputs }, not ${formatValue(returned)}`,
  );
}

/** @throws KEEPFIT_INVALID_OPTION when they are no tensors. */
function readOutputs(what: string, outputs: unknown): readonly tf.Tensor[] | undefined {
  if (outputs === undefined) return undefined;
  const list: readonly unknown[] = Array.isArray(outputs) ? outputs : [outputs];
  if (list.every((output) => output instanceof tf.Tensor)) return list as readonly tf.Tensor[];
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `${what} must return outputs as a tensor, or as a list of tensors in the order of the targets, not ${formatValue(outputs)}`,
  );
}

/** @throws KEEPFIT_INVALID_OPTION when two phases log under one key: one of the values would be lost. */
function checkPhaseLogs(phases: readonly PlannedPhase[], computed: readonly Computed[]): void {
  const owners = new Map<string, string>();
  computed.forEach(({ logs }, index) => {
    const name = phases[index]?.phase.name ?? '';
    for (const key of logs.keys()) {
      const owner = owners.get(key);
      if (owner !== undefined) {
        throw new KeepfitError(
          'KEEPFIT_INVALID_OPTION',
          `the phases "${owner}" and "${name}" both returned a log "${key}"; give each its own key`,
        );
      }
      owners.set(key, name);
    }
  });
}

function checkOutputs(outputs: readonly tf.Tensor[] | undefined, { targets }: Batch): readonly tf.Tensor[] {
  if (outputs !== undefined && outputs.length === targets.length) return outputs;
  throw new KeepfitError(
    'KEEPFIT_INVALID_DATA',
    outputs === undefined
      ? 'metrics compare outputs with targets, and no phase returned outputs; return { loss, outputs } in one of them'
      : `metrics compare outputs with targets, and a phase returned ${outputs.length} outputs for ${targets.length} targets`,
  );
}
