import { KeepfitError, type StateValue } from '@keepfit/callbacks';
import { add, dispose, keep, mean, mul, type Scalar, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch-source.js';
import { maskedWeights } from '../losses/masked-weights.js';
import { weightedMean } from '../losses/weighted-mean.js';
import type { Metric, MetricDirection } from '../contract/metric.js';
import { accuracyFor } from '../metrics/accuracy-for.js';
import type { Model } from '../contract/model.js';
import { isStateful, type ObjectiveOptions, type OutputPlan, planOutputs } from './output-plan.js';
import type { LogPlan, RunningLogs } from './running-logs.js';

/** What a model gave for a batch: its outputs, and the parts of them that count. */
export interface Outputs {
  readonly outputs: readonly Tensor[];
  readonly masks: readonly (Tensor | undefined)[];
}

/** The losses of a batch: of each output, and all together with the weights' own. */
export interface BatchLosses {
  readonly total: Scalar;
  readonly outputs: readonly Scalar[];
}

/** What training makes small and what it reports: the compiled losses and metrics of a model. */
export class Objective {
  readonly #outputs: readonly OutputPlan[];
  /** For the fingerprint: what was asked for, by name. */
  readonly description: StateValue;

  /** @throws KEEPFIT_INVALID_OPTION */
  constructor(options: ObjectiveOptions, model: Pick<Model, 'outputNames' | 'masks'>) {
    const { outputs, description } = planOutputs(options, model);
    this.#outputs = outputs;
    this.description = description;
  }

  /** The log keys in Keras' order: the loss, each output's loss where there are several, then the metrics. */
  get logPlan(): LogPlan {
    const planned = this.#outputs.flatMap(({ metrics }) => metrics);
    const losses = this.#outputs.length > 1 ? this.#outputs.map(({ lossKey }) => lossKey) : [];
    return {
      keys: ['loss', ...losses, ...planned.map(({ key }) => key)],
      stateful: new Map(
        planned.flatMap(({ key, metric }) =>
          metric !== undefined && isStateful(metric) ? [[key, metric] as const] : [],
        ),
      ),
    };
  }

  /** Whether a log is better small or large; `val_` counts as the log itself. */
  direction(logKey: string): MetricDirection | undefined {
    const key = logKey.startsWith('val_') ? logKey.slice(4) : logKey;
    if (key === 'loss' || this.#outputs.some(({ lossKey }) => lossKey === key)) return 'min';
    const planned = this.#outputs
      .flatMap(({ metrics }) => metrics)
      .find((candidate) => candidate.key === key);
    return planned === undefined
      ? undefined
      : planned.metric === undefined
        ? 'max'
        : planned.metric.direction;
  }

  /** The losses of a batch, differentiable. `penalties` are the losses of the weights themselves. Call within a tidy. */
  losses({ outputs, masks }: Outputs, batch: Batch, penalties: readonly Scalar[]): BatchLosses {
    this.#checkOutputs(outputs, batch);
    const terms = this.#outputs.map(({ loss }, index) => {
      const values = loss(at(batch.targets, index), at(outputs, index));
      return weightedMean(values, maskedWeights(values, batch.sampleWeights, masks[index]));
    });
    const weighted = terms.map((term, index) => scaled(term, this.#outputs[index]?.weight ?? 1));
    const total = [...weighted, ...penalties].reduce((sum, term): Scalar => add(sum, term));
    return { total, outputs: terms };
  }

  /** Adds a batch's losses and metrics to the running logs. Keeps what it needs of them. */
  record(
    logs: RunningLogs,
    { total, outputs: losses }: BatchLosses,
    { outputs, masks }: Outputs,
    batch: Batch,
  ): void {
    const values = new Map<string, Scalar>([['loss', held(total)]]);
    try {
      if (losses.length > 1)
        losses.forEach((loss, index) => values.set(at(this.#outputs, index).lossKey, held(loss)));
      this.#outputs.forEach((planned, index) => {
        const [yTrue, yPred] = [at(batch.targets, index), at(outputs, index)];
        for (const { key, metric } of resolved(planned, yTrue, yPred)) {
          if (isStateful(metric)) logs.update(key, metric, yTrue, yPred, masks[index]);
          else
            values.set(
              key,
              tidy(() => held(mean(metric.values(yTrue, yPred)))),
            );
        }
      });
    } catch (error) {
      dispose([...values.values()]);
      throw error;
    }
    logs.addMeans({ values, weight: batch.size });
  }

  #checkOutputs(outputs: readonly Tensor[], { targets }: Batch): void {
    const wanted = this.#outputs.length;
    if (outputs.length !== wanted || targets.length !== wanted) {
      throw new KeepfitError(
        'KEEPFIT_INVALID_DATA',
        `the model gave ${outputs.length} outputs and y has ${targets.length} arrays, for ${wanted} losses; they must be as many`,
      );
    }
  }
}

/** The metrics of an output; which accuracy is meant the first batch tells. */
function resolved({ metrics }: OutputPlan, yTrue: Tensor, yPred: Tensor): { key: string; metric: Metric }[] {
  return metrics.map((planned) => {
    planned.metric ??= accuracyFor(yTrue.shape, yPred.shape);
    return { key: planned.key, metric: planned.metric };
  });
}

function scaled(term: Scalar, weight: number): Scalar {
  return weight === 1 ? term : mul(term, weight);
}

/** A hold of one's own on a scalar, at no copy. */
function held(scalar: Tensor): Scalar {
  return keep(scalar.clone()) as Scalar;
}

function at<T>(list: readonly T[], index: number): T {
  return list[index] as T;
}
