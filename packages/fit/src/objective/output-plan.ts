import { KeepfitError, type StateValue } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import type { LossFunction } from '../contract/loss.js';
import type { MeanMetric, Metric, StatefulMetric } from '../contract/metric.js';
import type { MetricByShape, Names } from '../contract/names.js';
import { createMaskedMean } from '../metrics/masked-mean.js';
import type { Model } from '../contract/model.js';

/** A loss: a function, or a name if the trainer knows names. */
export type LossOption<Name extends string = never> = Name | LossFunction;
/** A metric: a function of values, an object, or a name if the trainer knows names. */
export type MetricOption<Name extends string = never> = Name | LossFunction | Metric;

export interface ObjectiveOptions<LossName extends string = never, MetricName extends string = never> {
  /** One loss for all outputs, or one an output: as a list, or by output name. */
  readonly loss:
    | LossOption<LossName>
    | readonly LossOption<LossName>[]
    | Readonly<Record<string, LossOption<LossName>>>;
  /**
   * How much each output's loss counts.
   *
   * @default 1 each
   */
  readonly lossWeights?: readonly number[] | Readonly<Record<string, number>>;
  /**
   * Metrics of all outputs; or for several outputs one list an output, as a list or by output name.
   *
   * @default none
   */
  readonly metrics?:
    | readonly (MetricOption<MetricName> | readonly MetricOption<MetricName>[])[]
    | Readonly<Record<string, MetricOption<MetricName> | readonly MetricOption<MetricName>[]>>;
}

/** The options before names are found. */
type GivenOptions = ObjectiveOptions<string, string>;
type GivenLoss = LossOption<string>;
type GivenMetric = MetricOption<string>;

/** The loss and the metrics of one output. */
export interface OutputPlan {
  readonly loss: LossFunction;
  /** Its key in the logs if there are several outputs. */
  readonly lossKey: string;
  readonly weight: number;
  /** Whether the loss, by its name, reads each value of the targets as a class number. */
  readonly readsClassNumbers: boolean;
  readonly metrics: readonly PlannedMetric[];
}

/** A metric under its key in the logs. */
interface PlannedMetric {
  readonly key: string;
  readonly metric: Metric | MetricByShape;
}

/** The plans of a model's outputs, and their description for the fingerprint, by name. */
export interface PlannedOutputs {
  readonly outputs: readonly OutputPlan[];
  readonly description: StateValue;
}

/**
 * Plans the outputs by the compiled options.
 *
 * @throws KEEPFIT_INVALID_OPTION when a name is unknown, or a list does not fit the outputs.
 */
export function planOutputs(
  options: GivenOptions,
  { outputNames, outputAliases, masks }: Pick<Model, 'outputNames' | 'outputAliases' | 'masks'>,
  names: Names,
): PlannedOutputs {
  const { loss, lossWeights, metrics } = options;
  const count = outputNames?.length ?? (Array.isArray(loss) ? loss.length : 1);
  const outputs =
    outputNames ??
    Array.from({ length: count }, (_, index) => (count === 1 ? 'output' : `output_${index + 1}`));
  const nameLists: NameLists = outputAliases === undefined ? [outputs] : [outputAliases, outputs];
  const losses = perOutput<GivenLoss>('loss', loss, nameLists);
  const weights = perOutput<number>('lossWeights', lossWeights ?? 1, nameLists);
  const metricLists = metricsPerOutput(metrics ?? [], nameLists);
  return {
    outputs: outputs.map((name, index) => {
      const prefix = count === 1 ? '' : `${name}_`;
      const planned = (metricLists[index] ?? []).map((metric) => planMetric(metric, prefix, names));
      return {
        ...planLoss(losses[index], weights[index], prefix, names),
        metrics: withDistinctKeys(masks === undefined ? planned : planned.map(underMask)),
      };
    }),
    description: {
      losses: losses.map(describe),
      lossWeights: weights.map((weight) => weight ?? 1),
      metrics: metricLists.map((list) => list.map(describe)),
    },
  };
}

function planLoss(
  loss: GivenLoss | undefined,
  weight: number | undefined,
  prefix: string,
  names: Names,
): Omit<OutputPlan, 'metrics'> {
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
    loss: typeof loss === 'function' ? loss : names.getLoss(loss),
    lossKey: `${prefix}loss`,
    weight: weight ?? 1,
    readsClassNumbers: /^sparse_?categorical/i.test(describe(loss)),
  };
}

function planMetric(option: GivenMetric, prefix: string, names: Names): PlannedMetric {
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
  const metric = typeof option === 'string' ? names.getMetric(option) : option;
  return { key: prefix + metric.name, metric };
}

function underMask(planned: PlannedMetric): PlannedMetric {
  const { key, metric } = planned;
  if (isStateful(metric)) return planned;
  const choose: MetricByShape['choose'] = isByShape(metric) ? metric.choose : () => metric;
  return {
    key,
    metric: createMaskedMean(key, (yTrue, yPred) => choose(yTrue.shape, yPred.shape), metric.direction),
  };
}

/** As in Keras, a repeated name gets a number. */
function withDistinctKeys(metrics: PlannedMetric[]): PlannedMetric[] {
  const counts = new Map<string, number>();
  return metrics.map((planned) => {
    const seen = counts.get(planned.key) ?? 0;
    counts.set(planned.key, seen + 1);
    return seen === 0 ? planned : { ...planned, key: `${planned.key}_${seen}` };
  });
}

/** Names of the outputs in the model's order, those for messages first. */
type NameLists = readonly [readonly string[], ...(readonly string[])[]];

type PerOutput<T> = T | readonly T[] | Readonly<Record<string, T>>;

function perOutput<T extends string | number | LossFunction>(
  option: string,
  given: PerOutput<T>,
  nameLists: NameLists,
): T[] {
  const [names] = nameLists;
  if (typeof given !== 'object') return names.map(() => given);
  if (Array.isArray(given)) {
    if (given.length === names.length) return given as T[];
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `${option} has ${given.length} items, and the model has ${names.length} outputs; give one each`,
    );
  }
  const record = given as Readonly<Record<string, T>>;
  return findNames(option, record, nameLists).map((name) => record[name] as T);
}

function metricsPerOutput(
  given: NonNullable<GivenOptions['metrics']>,
  nameLists: NameLists,
): (readonly GivenMetric[])[] {
  const [names] = nameLists;
  const listed = (item: GivenMetric | readonly GivenMetric[] | undefined): readonly GivenMetric[] =>
    item === undefined ? [] : Array.isArray(item) ? (item as readonly GivenMetric[]) : [item as GivenMetric];
  if (!Array.isArray(given)) {
    const record = given as Readonly<Record<string, GivenMetric | readonly GivenMetric[]>>;
    return findNames('metrics', record, nameLists).map((name) => listed(record[name]));
  }
  const list = given as readonly (GivenMetric | readonly GivenMetric[])[];
  if (!list.some((item) => Array.isArray(item))) return names.map(() => list as readonly GivenMetric[]);
  if (list.length === names.length) return list.map(listed);
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `metrics has ${list.length} lists, and the model has ${names.length} outputs; give one list each`,
  );
}

/** The names by which a record gives its items: the first list that has all its keys. */
function findNames(option: string, record: object, nameLists: NameLists): readonly string[] {
  const keys = Object.keys(record);
  const fitting = nameLists.find((names) => keys.every((name) => names.includes(name)));
  if (fitting !== undefined) return fitting;
  const [names] = nameLists;
  const unknown = keys.find((name) => !names.includes(name));
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `${option} names the output ${formatValue(unknown)}; the model's outputs are ${names.join(', ')}`,
  );
}

function describe(option: GivenLoss | GivenMetric): string {
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

/** Whether a metric has its own running state. */
export function isStateful(metric: Metric | MetricByShape): metric is StatefulMetric {
  return 'update' in metric;
}

/** Whether the shapes of the first batch decide which metric it is. */
export function isByShape(metric: Metric | MetricByShape): metric is MetricByShape {
  return 'choose' in metric;
}
