import { KeepfitError, shown, type StateValue } from '@keepfit/callbacks';
import { add, dispose, keep, mean, mul, type Scalar, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch-source.js';
import { lossNamed } from '../losses/loss-named.js';
import { maskedWeights } from '../losses/masked-weights.js';
import { weightedMean } from '../losses/weighted-mean.js';
import type { LossFunction } from '../loss.js';
import type { MeanMetric, Metric, MetricDirection, StatefulMetric } from '../metric.js';
import { accuracyFor } from '../metrics/accuracy-for.js';
import { maskedMean } from '../metrics/masked-mean.js';
import { metricNamed } from '../metrics/metric-named.js';
import type { Model } from '../model.js';
import type { LogPlan, RunningLogs } from './running-logs.js';

export type LossOption = string | LossFunction;
/** A metric by Keras name, as a function of values, or as an object. */
export type MetricOption = string | LossFunction | Metric;

export interface ObjectiveOptions {
  /** One loss for all outputs, or one an output: as a list, or by output name. */
  readonly loss: LossOption | readonly LossOption[] | Readonly<Record<string, LossOption>>;
  /** How much each output's loss counts. @default 1 each */
  readonly lossWeights?: readonly number[] | Readonly<Record<string, number>>;
  /** Metrics of all outputs; or for several outputs one list an output, as a list or by output name. @default none */
  readonly metrics?: readonly (MetricOption | readonly MetricOption[])[] | Readonly<Record<string, MetricOption | readonly MetricOption[]>>;
}

interface OutputPlan {
  readonly loss: LossFunction;
  readonly lossName: string;
  readonly lossKey: string;
  readonly weight: number;
  readonly metrics: readonly PlannedMetric[];
}

interface PlannedMetric {
  readonly key: string;
  /** Undefined for `accuracy`, which of them it is the first batch tells. */
  metric: Metric | undefined;
}

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

  /** @throws KEEPFIT_INVALID_OPTION for an unknown name, or a list that does not fit the outputs. */
  constructor(options: ObjectiveOptions, { outputNames, masks }: Pick<Model, 'outputNames' | 'masks'>) {
    const { loss, lossWeights, metrics } = options;
    const count = outputNames?.length ?? (Array.isArray(loss) ? loss.length : 1);
    const names = outputNames ?? Array.from({ length: count }, (_, index) => (count === 1 ? 'output' : `output_${index + 1}`));
    const losses = perOutput<LossOption>('loss', loss, names, (option) => option);
    const weights = perOutput<number>('lossWeights', lossWeights ?? 1, names, (option) => option);
    const metricLists = metricsPerOutput(metrics ?? [], names);
    this.#outputs = names.map((name, index) => plan(losses[index], weights[index], metricLists[index], count === 1 ? '' : `${name}_`, masks !== undefined));
    this.description = {
      losses: losses.map(describe),
      lossWeights: weights.map((weight) => weight ?? 1),
      metrics: metricLists.map((list) => list.map(describe)),
    };
  }

  /** The log keys in Keras' order: the loss, each output's loss where there are several, then the metrics. */
  get logPlan(): LogPlan {
    const planned = this.#outputs.flatMap(({ metrics }) => metrics);
    const losses = this.#outputs.length > 1 ? this.#outputs.map(({ lossKey }) => lossKey) : [];
    return {
      keys: ['loss', ...losses, ...planned.map(({ key }) => key)],
      stateful: new Map(planned.flatMap(({ key, metric }) => (metric !== undefined && isStateful(metric) ? [[key, metric] as const] : []))),
    };
  }

  /** Whether a log is better small or large; `val_` counts as the log itself. */
  direction(logKey: string): MetricDirection | undefined {
    const key = logKey.startsWith('val_') ? logKey.slice(4) : logKey;
    if (key === 'loss' || this.#outputs.some(({ lossKey }) => lossKey === key)) return 'min';
    const planned = this.#outputs.flatMap(({ metrics }) => metrics).find((candidate) => candidate.key === key);
    return planned === undefined ? undefined : planned.metric === undefined ? 'max' : planned.metric.direction;
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
  record(logs: RunningLogs, { total, outputs: losses }: BatchLosses, { outputs, masks }: Outputs, batch: Batch): void {
    const values = new Map<string, Scalar>([['loss', held(total)]]);
    try {
      if (losses.length > 1) losses.forEach((loss, index) => values.set(at(this.#outputs, index).lossKey, held(loss)));
      this.#outputs.forEach((planned, index) => {
        for (const { key, metric } of this.#resolved(planned, at(batch.targets, index), at(outputs, index))) {
          if (isStateful(metric)) logs.update(key, metric, at(batch.targets, index), at(outputs, index), masks[index]);
          else values.set(key, tidy(() => held(mean(metric.values(at(batch.targets, index), at(outputs, index))))));
        }
      });
    } catch (error) {
      dispose([...values.values()]);
      throw error;
    }
    logs.addMeans({ values, weight: batch.size });
  }

  #resolved(planned: OutputPlan, yTrue: Tensor, yPred: Tensor): { key: string; metric: Metric }[] {
    return planned.metrics.map((item) => {
      item.metric ??= accuracyFor(planned.lossName, yTrue.shape, yPred.shape);
      return { key: item.key, metric: item.metric };
    });
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

function plan(
  loss: LossOption | undefined,
  weight: number | undefined,
  metrics: readonly MetricOption[] = [],
  prefix: string,
  isMasked: boolean,
): OutputPlan {
  if (weight !== undefined && typeof weight !== 'number') {
    throw new KeepfitError('KEEPFIT_INVALID_OPTION', `lossWeights must be numbers, and one is ${shown(weight)}`);
  }
  if (loss === undefined) throw new KeepfitError('KEEPFIT_INVALID_OPTION', 'loss must be given for each output: by Keras name, or as a function');
  const lossName = describe(loss);
  return {
    loss: typeof loss === 'function' ? loss : lossNamed(loss),
    lossName,
    lossKey: `${prefix}loss`,
    weight: weight ?? 1,
    metrics: withDistinctKeys(metrics.map((metric) => planMetric(metric, prefix)).map((planned) => (isMasked ? underMask(planned, lossName) : planned))),
  };
}

function planMetric(option: MetricOption, prefix: string): PlannedMetric {
  if (option === 'accuracy' || option === 'acc') return { key: prefix + option, metric: undefined };
  if (typeof option !== 'string' && typeof option !== 'function' && !isMetric(option)) {
    throw new KeepfitError('KEEPFIT_INVALID_OPTION', `a metric must be a Keras name, a function of (yTrue, yPred), or a metric object, not ${shown(option)}`);
  }
  if (typeof option === 'function') {
    const metric: MeanMetric = { name: option.name || 'metric', values: option };
    return { key: prefix + metric.name, metric };
  }
  const metric = typeof option === 'string' ? metricNamed(option) : option;
  return { key: prefix + metric.name, metric };
}

function underMask(planned: PlannedMetric, lossName: string): PlannedMetric {
  const { key, metric } = planned;
  if (metric === undefined) return { key, metric: maskedMean(key, (yTrue, yPred) => accuracyFor(lossName, yTrue.shape, yPred.shape), 'max') };
  return isStateful(metric) ? planned : { key, metric: maskedMean(key, () => metric, metric.direction) };
}

/** As Keras: a name that comes again gets a number. */
function withDistinctKeys(metrics: PlannedMetric[]): PlannedMetric[] {
  const counts = new Map<string, number>();
  return metrics.map((planned) => {
    const seen = counts.get(planned.key) ?? 0;
    counts.set(planned.key, seen + 1);
    return seen === 0 ? planned : { ...planned, key: `${planned.key}_${seen}` };
  });
}

type PerOutput<T> = T | readonly T[] | Readonly<Record<string, T>>;

function perOutput<T extends string | number | LossFunction>(
  option: string,
  given: PerOutput<T>,
  names: readonly string[],
  one: (value: T) => T,
): T[] {
  if (typeof given !== 'object') return names.map(() => one(given));
  if (Array.isArray(given)) {
    if (given.length === names.length) return given as T[];
    throw new KeepfitError('KEEPFIT_INVALID_OPTION', `${option} has ${given.length} items, and the model has ${names.length} outputs; give one each`);
  }
  const record = given as Readonly<Record<string, T>>;
  checkNames(option, record, names);
  return names.map((name) => record[name] as T);
}

function metricsPerOutput(given: NonNullable<ObjectiveOptions['metrics']>, names: readonly string[]): (readonly MetricOption[])[] {
  const listed = (item: MetricOption | readonly MetricOption[] | undefined): readonly MetricOption[] =>
    item === undefined ? [] : Array.isArray(item) ? (item as readonly MetricOption[]) : [item as MetricOption];
  if (!Array.isArray(given)) {
    const record = given as Readonly<Record<string, MetricOption | readonly MetricOption[]>>;
    checkNames('metrics', record, names);
    return names.map((name) => listed(record[name]));
  }
  const list = given as readonly (MetricOption | readonly MetricOption[])[];
  if (!list.some((item) => Array.isArray(item))) return names.map(() => list as readonly MetricOption[]);
  if (list.length === names.length) return list.map(listed);
  throw new KeepfitError('KEEPFIT_INVALID_OPTION', `metrics has ${list.length} lists, and the model has ${names.length} outputs; give one list each`);
}

function checkNames(option: string, record: object, names: readonly string[]): void {
  const unknown = Object.keys(record).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new KeepfitError('KEEPFIT_INVALID_OPTION', `${option} names the output ${shown(unknown)}; the model's outputs are ${names.join(', ')}`);
}

function describe(option: LossOption | MetricOption): string {
  return typeof option === 'string' ? option : typeof option === 'function' ? option.name || 'a function' : option.name;
}

function isMetric(option: unknown): option is Metric {
  const { name, values, update } = (option ?? {}) as { name?: unknown; values?: unknown; update?: unknown };
  return typeof name === 'string' && (typeof values === 'function' || typeof update === 'function');
}

function isStateful(metric: Metric): metric is StatefulMetric {
  return 'update' in metric;
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
