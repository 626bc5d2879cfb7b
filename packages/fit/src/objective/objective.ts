import { KeepfitError, type StateValue } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch-source.js';
import { multiplyWeights } from '../losses/tensors.js';
import { reduceLoss, type ShardScale } from '../losses/weighted-mean.js';
import type { LossFunction } from '../contract/loss.js';
import type { Metric, MetricDirection } from '../contract/metric.js';
import type { Model } from '../contract/model.js';
import type { Names } from '../contract/names.js';
import { checkLogKeys } from './log-keys.js';
import {
  type GivenLists,
  isByShape,
  isStateful,
  type ObjectiveOptions,
  type OutputPlan,
  planOutputs,
} from './output-plan.js';
import type { BatchMeans, LogPlan, LogSink } from './running-logs.js';

/** The outputs of a model for a batch, and the parts of them that count. */
export interface Outputs {
  readonly outputs: readonly tf.Tensor[];
  readonly masks: readonly (tf.Tensor | undefined)[];
}

/** The losses of a batch: of each output that has one, and their total with the weights' own losses. */
export interface BatchLosses {
  readonly total: tf.Scalar;
  readonly outputs: readonly tf.Scalar[];
}

/** What the losses of a shard depend on beside its rows. */
export interface ShardScales extends Pick<ShardScale, 'share'> {
  /** By output with a loss: see `ShardScale`. */
  readonly divisors: readonly ShardScale['divisor'][];
}

/** The compiled losses and metrics of a model: training minimizes the one and reports both. */
export class Objective {
  readonly #outputs: readonly OutputPlan[];
  /** The outputs with a loss, by their places. */
  readonly #lossy: readonly number[];
  /** The losses and metrics with their options, as checkpoints keep them. */
  readonly description: StateValue;
  /** The losses and metrics as they were given, to be compared with checkpoints that hold names only. */
  readonly given: GivenLists;

  /**
   * @throws KEEPFIT_INVALID_OPTION when a name is unknown, or a list does not fit the outputs.
   * @throws KEEPFIT_INVALID_OPTION when two losses or metrics have one log key.
   */
  constructor(
    options: ObjectiveOptions<string, string>,
    model: Pick<Model, 'outputNames' | 'outputAliases' | 'masks'>,
    names: Names,
  ) {
    const { outputs, description, given } = planOutputs(options, model, names);
    this.#outputs = outputs;
    this.#lossy = outputs.flatMap(({ loss }, index) => (loss === undefined ? [] : [index]));
    this.description = description;
    this.given = given;
    checkLogKeys(this.logPlan.keys);
  }

  /** For each output whether its loss reads each value of the targets as a class number. */
  get readsClassNumbers(): readonly boolean[] {
    return this.#outputs.map(({ readsClassNumbers }) => readsClassNumbers);
  }

  /** Whether the losses compute from nothing but their arguments, as those of keepfit do. */
  get isRecordable(): boolean {
    return this.#outputs.every(({ loss }) => loss === undefined || loss.isRecordable === true);
  }

  /** The log keys: the loss, each output's loss if there are several, and the metrics. */
  get logPlan(): LogPlan {
    const planned = this.#outputs.flatMap(({ metrics }) => metrics);
    const losses = this.#lossy.length > 1 ? this.#lossy.map((index) => at(this.#outputs, index).lossKey) : [];
    return {
      keys: ['loss', ...losses, ...planned.map(({ key }) => key)],
      stateful: new Map(
        planned.flatMap(({ key, metric }) => (isStateful(metric) ? [[key, metric] as const] : [])),
      ),
    };
  }

  /** Whether a log improves by falling or by rising; `val_` counts as the log itself. */
  direction(logKey: string): MetricDirection | undefined {
    const key = logKey.startsWith('val_') ? logKey.slice(4) : logKey;
    if (key === 'loss' || this.#outputs.some(({ lossKey }) => lossKey === key)) return 'min';
    const metrics = this.#outputs.flatMap((output) => output.metrics);
    const find = (name: string) => metrics.find((planned) => planned.key === name);
    // `f1_score_1` is one of several values of `f1_score`.
    return (find(key) ?? find(key.replace(/_\d+$/, '')))?.metric.direction;
  }

  /**
   * The losses of a batch, differentiable. `penalties` are the losses of the weights themselves. Call within
   * a tidy.
   *
   * @param shard Given if the batch is a shard of a larger one. The sum over the shards of share times `total` is then
   * the total of the larger batch.
   */
  losses(
    { outputs, masks }: Outputs,
    batch: Batch,
    penalties: readonly tf.Scalar[],
    shard?: ShardScales,
  ): BatchLosses {
    this.#checkOutputs(outputs, batch);
    const terms = this.#lossy.map((index, place) => {
      const loss = at(this.#outputs, index).loss as LossFunction;
      const [yTrue, yPred] = [at(batch.targets, index), at(outputs, index)];
      const scaled = shard && { share: shard.share, divisor: shard.divisors[place] };
      // Two masks have one scale together, as in Keras.
      const counted = ((masks[index] ?? scaled?.divisor) && loss.unscaled) ?? loss;
      const mask = multiplyWeights(masks[index], counted.mask?.(yTrue, yPred));
      return reduceLoss(counted(yTrue, yPred), loss.reduction, getWeights(batch, index), mask, scaled);
    });
    const weighted = terms.map((term, index) =>
      scale(term, at(this.#outputs, at(this.#lossy, index)).weight),
    );
    const total = [...weighted, ...penalties].reduce((sum, term): tf.Scalar => tf.add(sum, term));
    return { total, outputs: terms };
  }

  /** Whether `listDivisors` needs the outputs of the batch, of which it reads only the shapes. */
  get dividesByTargets(): boolean {
    return this.#lossy.some((index) => findCounted(at(this.#outputs, index).loss).isMaskOfTargets === true);
  }

  /**
   * What the loss of each output is divided by: see `ShardScale`. Call within a tidy.
   *
   * @param outputs The outputs, or tensors of their shapes, if the losses read them: see `dividesByTargets`.
   */
  listDivisors(
    batch: Batch,
    masks: Outputs['masks'],
    outputs: readonly tf.Tensor[],
  ): readonly ShardScale['divisor'][] {
    return this.#lossy.map((index) => {
      const { loss } = at(this.#outputs, index);
      const counted = findCounted(loss);
      // What counts in it depends on the rows beside: each shard has its own.
      if (loss?.reduction === 'sum' || (counted.mask && !counted.isMaskOfTargets)) return undefined;
      const own = counted.mask?.(at(batch.targets, index), at(outputs, index));
      const mask = multiplyWeights(masks[index], own);
      if (loss?.reduction !== 'mean_with_sample_weight') return mask && (tf.mean(mask) as tf.Scalar);
      const weights = multiplyWeights(getWeights(batch, index), mask);
      return weights && (tf.sum(weights) as tf.Scalar);
    });
  }

  /** Adds a batch's losses and metrics to the running logs. Keeps the tensors that it needs. */
  record(
    logs: LogSink,
    { total, outputs: losses }: BatchLosses,
    { outputs, masks }: Outputs,
    batch: Batch,
  ): void {
    const values = new Map<string, tf.Scalar>([['loss', holdScalar(total)]]);
    // As in Keras, a mean counts as many values as it has: a scalar, such as `dice`, as one.
    const others: BatchMeans[] = [];
    try {
      if (losses.length > 1)
        losses.forEach((loss, index) =>
          values.set(at(this.#outputs, at(this.#lossy, index)).lossKey, holdScalar(loss)),
        );
      this.#outputs.forEach((planned, index) => {
        const [yTrue, yPred] = [at(batch.targets, index), at(outputs, index)];
        const weights = getWeights(batch, index);
        for (const { key, metric, isWeighted } of resolveMetrics(planned, yTrue, yPred)) {
          tf.tidy(() => {
            if (!isStateful(metric)) {
              const each = metric.values(yTrue, yPred);
              const mean = holdScalar(tf.mean(each));
              const count = each.shape[0] ?? 1;
              if (count === batch.size) values.set(key, mean);
              else others.push({ values: new Map([[key, mean]]), weight: count });
            } else {
              const counted = isWeighted ? multiplyWeights(weights, masks[index]) : masks[index];
              logs.update(key, metric, yTrue, yPred, counted);
            }
          });
        }
      });
    } catch (error) {
      tf.dispose([...values.values(), ...others.flatMap((other) => [...other.values.values()])]);
      throw error;
    }
    for (const means of [{ values, weight: batch.size }, ...others]) logs.addMeans(means);
  }

  #checkOutputs(outputs: readonly tf.Tensor[], { targets, sampleWeights }: Batch): void {
    const wanted = this.#outputs.length;
    if (sampleWeights.length > 1 && sampleWeights.length !== wanted) {
      throw new KeepfitError(
        'KEEPFIT_INVALID_DATA',
        `sample weights are ${sampleWeights.length} arrays, and the model has ${wanted} outputs; give one for all, or one each`,
      );
    }
    if (outputs.length !== wanted || targets.length !== wanted) {
      throw new KeepfitError(
        'KEEPFIT_INVALID_DATA',
        `the model gave ${outputs.length} outputs and y has ${targets.length} arrays, for ${wanted} outputs in loss and metrics; they must have the same number. An output without a loss needs a target too, of any values`,
      );
    }
  }
}

/** The metrics of an output. Those that depend on shapes are chosen for each batch: nothing is remembered. */
function resolveMetrics(
  { metrics }: OutputPlan,
  yTrue: tf.Tensor,
  yPred: tf.Tensor,
): { key: string; metric: Metric; isWeighted: boolean }[] {
  return metrics.map(({ key, metric, isWeighted }) => ({
    key,
    isWeighted,
    metric: isByShape(metric) ? metric.choose(yTrue.shape, yPred.shape) : metric,
  }));
}

/** The weights of an output: its own, or those that all outputs share. */
function getWeights({ sampleWeights }: Batch, index: number): tf.Tensor | undefined {
  return sampleWeights[index] ?? sampleWeights[0];
}

/** The loss as it is if what counts is told by a mask. */
function findCounted(loss: LossFunction | undefined): Partial<LossFunction> {
  return loss?.unscaled ?? loss ?? {};
}

function scale(term: tf.Scalar, weight: number): tf.Scalar {
  return weight === 1 ? term : tf.mul(term, weight);
}

/** A second hold on a scalar, at no copy. */
function holdScalar(scalar: tf.Tensor): tf.Scalar {
  return tf.keep(scalar.clone()) as tf.Scalar;
}

function at<T>(list: readonly T[], index: number): T {
  return list[index] as T;
}
