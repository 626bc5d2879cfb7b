import { KeepfitError, type StateValue } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import { getLoss } from '../losses/get-loss.js';
import type { LossFunction } from '../contract/loss.js';
import type { MeanMetric, Metric, StatefulMetric } from '../contract/metric.js';
import { accuracyFor } from '../metrics/accuracy-for.js';
import { maskedMean } from '../metrics/masked-mean.js';
import { getMetric } from '../metrics/get-metric.js';
import type { Model } from '../contract/model.js';

export type LossOption = string | LossFunction;
/** A metric by Keras name, as a function of values, or as an object. */
export type MetricOption = string | LossFunction | Metric;

export interface ObjectiveOptions {
  /** One loss for all outputs, or one an output: as a list, or by output name. */
  readonly loss: LossOption | readonly LossOption[] | Readonly<Record<string, LossOption>>;
  /** How much each output's loss counts. @default 1 each */
  readonly lossWeights?: readonly number[] | Readonly<Record<string, number>>;
  /** Metrics of all outputs; or for several outputs one list an output, as a list or by output name. @default none */
  readonly metrics?:
    | readonly (MetricOption | readonly MetricOption[])[]
    | Readonly<Record<string, MetricOption | readonly MetricOption[]>>;
}

/** How one output is judged. */
export interface OutputPlan {
  readonly loss: LossFunction;
  /** Its key in the logs, where there are several outputs. */
  readonly lossKey: string;
  readonly weight: number;
  readonly metrics: readonly PlannedMetric[];
}

/** A metric under its key in the logs. */
interface PlannedMetric {
  readonly key: string;
  /** Undefined for `accuracy`, which of them it is the first batch tells. */
  metric: Metric | undefined;
}

/** The plans of a model's outputs, and for the fingerprint what was asked for, by name. */
export interface PlannedOutputs {
  readonly outputs: readonly OutputPlan[];
  readonly description: StateValue;
}

/** Reads what was compiled. @throws KEEPFIT_INVALID_OPTION for an unknown name, or a list that does not fit the outputs. */
export function planOutputs(
  options: ObjectiveOptions,
  { outputNames, masks }: Pick<Model, 'outputNames' | 'masks'>,
): PlannedOutputs {
  const { loss, lossWeights, metrics } = options;
  const count = outputNames?.length ?? (Array.isArray(loss) ? loss.length : 1);
  const names =
    outputNames ??
    Array.from({ length: count }, (_, index) => (count === 1 ? 'output' : `output_${index + 1}`));
  const losses = perOutput<LossOption>('loss', loss, names);
  const weights = perOutput<number>('lossWeights', lossWeights ?? 1, names);
  const metricLists = metricsPerOutput(metrics ?? [], names);
  const isMasked = masks !== undefined;
  return {
    outputs: names.map((name, index) =>
      planOutput(losses[index], weights[index], metricLists[index], count === 1 ? '' : `${name}_`, isMasked),
    ),
    description: {
      losses: losses.map(describe),
      lossWeights: weights.map((weight) => weight ?? 1),
      metrics: metricLists.map((list) => list.map(describe)),
    },
  };
}

function planOutput(
  loss: LossOption | undefined,
  weight: number | undefined,
  metrics: readonly MetricOption[] = [],
  prefix: string,
  isMasked: boolean,
): OutputPlan {
  if (weight !== undefined && typeof weight !== 'number') {
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `lossWeights must be numbers, and one is ${formatValue(weight)}`,
    );
  }
  if (loss === undefined)
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      'loss must be given for each output: by Keras name, or as a function',
    );
  return {
    loss: typeof loss === 'function' ? loss : getLoss(loss),
    lossKey: `${prefix}loss`,
    weight: weight ?? 1,
    metrics: withDistinctKeys(
      metrics
        .map((metric) => planMetric(metric, prefix))
        .map((planned) => (isMasked ? underMask(planned) : planned)),
    ),
  };
}

function planMetric(option: MetricOption, prefix: string): PlannedMetric {
  if (option === 'accuracy' || option === 'acc') return { key: prefix + option, metric: undefined };
  if (typeof option !== 'string' && typeof option !== 'function' && !isMetric(option)) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `a metric must be a Keras name, a function of (yTrue, yPred), or a metric object, not ${formatValue(option)}`,
    );
  }
  if (typeof option === 'function') {
    const metric: MeanMetric = { name: option.name || 'metric', values: option };
    return { key: prefix + metric.name, metric };
  }
  const metric = typeof option === 'string' ? getMetric(option) : option;
  return { key: prefix + metric.name, metric };
}

function underMask(planned: PlannedMetric): PlannedMetric {
  const { key, metric } = planned;
  if (metric === undefined)
    return { key, metric: maskedMean(key, (yTrue, yPred) => accuracyFor(yTrue.shape, yPred.shape), 'max') };
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
): T[] {
  if (typeof given !== 'object') return names.map(() => given);
  if (Array.isArray(given)) {
    if (given.length === names.length) return given as T[];
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `${option} has ${given.length} items, and the model has ${names.length} outputs; give one each`,
    );
  }
  const record = given as Readonly<Record<string, T>>;
  checkNames(option, record, names);
  return names.map((name) => record[name] as T);
}

function metricsPerOutput(
  given: NonNullable<ObjectiveOptions['metrics']>,
  names: readonly string[],
): (readonly MetricOption[])[] {
  const listed = (item: MetricOption | readonly MetricOption[] | undefined): readonly MetricOption[] =>
    item === undefined
      ? []
      : Array.isArray(item)
        ? (item as readonly MetricOption[])
        : [item as MetricOption];
  if (!Array.isArray(given)) {
    const record = given as Readonly<Record<string, MetricOption | readonly MetricOption[]>>;
    checkNames('metrics', record, names);
    return names.map((name) => listed(record[name]));
  }
  const list = given as readonly (MetricOption | readonly MetricOption[])[];
  if (!list.some((item) => Array.isArray(item))) return names.map(() => list as readonly MetricOption[]);
  if (list.length === names.length) return list.map(listed);
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `metrics has ${list.length} lists, and the model has ${names.length} outputs; give one list each`,
  );
}

function checkNames(option: string, record: object, names: readonly string[]): void {
  const unknown = Object.keys(record).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `${option} names the output ${formatValue(unknown)}; the model's outputs are ${names.join(', ')}`,
  );
}

function describe(option: LossOption | MetricOption): string {
  return typeof option === 'string'
    ? option
    : typeof option === 'function'
      ? option.name || 'a function'
      : option.name;
}

function isMetric(option: unknown): option is Metric {
  const { name, values, update } = (option ?? {}) as { name?: unknown; values?: unknown; update?: unknown };
  return typeof name === 'string' && (typeof values === 'function' || typeof update === 'function');
}

/** Whether a metric has a running state of its own. */
export function isStateful(metric: Metric): metric is StatefulMetric {
  return 'update' in metric;
}
