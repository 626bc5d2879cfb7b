import { KeepfitError, type StateValue } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import type { LossFunction } from '../contract/loss.js';
import type { MeanMetric, Metric, StatefulMetric } from '../contract/metric.js';
import type { MetricByShape, Names } from '../contract/names.js';
import { createMaskedMean } from '../metrics/masked-mean.js';
import type { Model } from '../contract/model.js';
import { describeOutputs } from './describe-objective.js';
import { listPerOutput, type NameLists, takePerOutput } from './per-output.js';

/** A loss: a function, or a name if the trainer knows names. */
export type LossOption<Name extends string = never> = Name | LossFunction;
/** A metric: a function of values, an object, or a name if the trainer knows names. */
export type MetricOption<Name extends string = never> = Name | LossFunction | Metric;

export interface ObjectiveOptions<LossName extends string = never, MetricName extends string = never> {
  /**
   * One loss for all outputs, or one per output: as a list, or by output name. An output with `null` has none: only
   * its metrics are computed.
   */
  readonly loss:
    | LossOption<LossName>
    | readonly (LossOption<LossName> | null)[]
    | Readonly<Record<string, LossOption<LossName> | null>>;
  /**
   * How much each output's loss counts: one number for all, or one per output.
   *
   * @default 1 each
   */
  readonly lossWeights?: number | readonly number[] | Readonly<Record<string, number>>;
  /**
   * Metrics of all outputs; or for several outputs one list an output, as a list or by output name.
   *
   * @default none
   */
  readonly metrics?:
    | readonly (MetricOption<MetricName> | readonly MetricOption<MetricName>[])[]
    | Readonly<Record<string, MetricOption<MetricName> | readonly MetricOption<MetricName>[]>>;
  /**
   * Metrics that sample weights and class weights apply to, given as `metrics` are. A key that a metric has
   * already becomes `weighted_<key>`.
   *
   * @default none
   */
  readonly weightedMetrics?: ObjectiveOptions<LossName, MetricName>['metrics'];
}

/** The options before names are found. */
type GivenOptions = ObjectiveOptions<string, string>;
type GivenLoss = LossOption<string>;
type GivenMetric = MetricOption<string>;

/** The loss and the metrics of one output. */
export interface OutputPlan {
  /** Undefined if the output has none. */
  readonly loss: LossFunction | undefined;
  /** Its key in the logs if there are several outputs. */
  readonly lossKey: string;
  readonly weight: number;
  /** Whether the loss reads each value of the targets as a class number. */
  readonly readsClassNumbers: boolean;
  readonly metrics: readonly PlannedMetric[];
}

/** A metric under its key in the logs. */
interface PlannedMetric {
  readonly key: string;
  readonly metric: Metric | MetricByShape;
  /** Whether sample weights apply to it. */
  readonly isWeighted: boolean;
}

/** What was given for each output. */
export interface GivenLists {
  readonly losses: readonly (GivenLoss | null)[];
  readonly metrics: readonly (readonly GivenMetric[])[];
  readonly weightedMetrics: readonly (readonly GivenMetric[])[];
}

/** The plans of a model's outputs, and what checkpoints keep of them. */
export interface PlannedOutputs {
  readonly outputs: readonly OutputPlan[];
  readonly description: StateValue;
  readonly given: GivenLists;
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
  const { loss, lossWeights, metrics, weightedMetrics } = options;
  const count = outputNames?.length ?? (Array.isArray(loss) ? loss.length : 1);
  const outputs =
    outputNames ??
    Array.from({ length: count }, (_, index) => (count === 1 ? 'output' : `output_${index + 1}`));
  const nameLists: NameLists = outputAliases === undefined ? [outputs] : [outputAliases, outputs];
  const losses = takePerOutput<GivenLoss | null>('loss', loss, nameLists);
  if (losses.length > 0 && losses.every((each) => each === null))
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      'loss is null for every output; give at least one a loss',
    );
  const weights = takePerOutput<number>('lossWeights', lossWeights ?? 1, nameLists);
  const metricLists = listPerOutput<GivenMetric>('metrics', metrics ?? [], nameLists);
  const weightedLists = listPerOutput<GivenMetric>('weightedMetrics', weightedMetrics ?? [], nameLists);
  const plans = outputs.map((name, index): OutputPlan => {
    const prefix = count === 1 ? '' : `${name}_`;
    const plan = (isWeighted: boolean) => (metric: GivenMetric) => planMetric(metric, isWeighted, names);
    const planned = [
      ...(metricLists[index] ?? []).map(plan(false)),
      ...(weightedLists[index] ?? []).map(plan(true)),
    ];
    return {
      ...planLoss(losses[index], weights[index], prefix, names),
      metrics: withDistinctKeys(planned, prefix),
    };
  });
  return {
    outputs: plans.map((plan) => ({
      ...plan,
      metrics: plan.metrics.map((metric) =>
        masks !== undefined || metric.isWeighted ? withWeights(metric) : metric,
      ),
    })),
    description: describeOutputs(plans),
    given: { losses, metrics: metricLists, weightedMetrics: weightedLists },
  };
}

function planLoss(
  loss: GivenLoss | null | undefined,
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
      'loss must be given for each output: by Keras name, as a function, or null for an output without a loss',
    );
  const found = loss === null || typeof loss === 'function' ? loss : names.getLoss(loss);
  if (found !== null) checkReduction(found);
  return {
    loss: found ?? undefined,
    lossKey: `${prefix}loss`,
    weight: weight ?? 1,
    readsClassNumbers: found?.readsClassNumbers ?? false,
  };
}

/** Keras has no gradient of such a loss, and refuses it in the first step. */
function checkReduction({ reduction }: LossFunction): void {
  if (reduction !== null && reduction !== 'none') return;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `loss has the reduction ${formatValue(reduction)}, which leaves one value per sample, and training minimizes one number; ` +
      "give 'sum_over_batch_size', 'sum' or 'mean_with_sample_weight'",
  );
}

function planMetric(option: GivenMetric, isWeighted: boolean, names: Names): PlannedMetric {
  if (typeof option !== 'string' && typeof option !== 'function' && !isMetric(option)) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `a metric must be a Keras name, a function of (yTrue, yPred), or an object with a name and values, or with a name, initial, update and result, not ${formatValue(option)}`,
    );
  }
  if (typeof option === 'function') {
    const metric: MeanMetric = { name: option.name || 'metric', values: option };
    return { key: metric.name, metric, isWeighted };
  }
  const metric = typeof option === 'string' ? names.getMetric(option) : option;
  return { key: metric.name, metric, isWeighted };
}

/** Keeps the sums of a mean metric on the device, because its mask and weights are there. */
function withWeights(planned: PlannedMetric): PlannedMetric {
  const { key, metric } = planned;
  if (isStateful(metric)) return planned;
  const choose: MetricByShape['choose'] = isByShape(metric) ? metric.choose : () => metric;
  return {
    ...planned,
    metric: createMaskedMean(key, (yTrue, yPred) => choose(yTrue.shape, yPred.shape), metric.direction),
  };
}

/** As in Keras, a repeated name gets a number, that of a weighted metric first `weighted_`. */
function withDistinctKeys(metrics: readonly PlannedMetric[], prefix: string): PlannedMetric[] {
  const counts = new Map<string, number>();
  const number = (key: string): string => {
    const seen = counts.get(key) ?? 0;
    counts.set(key, seen + 1);
    return seen === 0 ? key : `${key}_${seen}`;
  };
  return metrics.map((planned) => {
    const { key, isWeighted } = planned;
    return { ...planned, key: prefix + number(isWeighted && counts.has(key) ? `weighted_${key}` : key) };
  });
}

function isMetric(option: unknown): option is Metric {
  const { name, values, initial, update, result } = (option ?? {}) as Partial<
    Record<keyof MeanMetric | keyof StatefulMetric, unknown>
  >;
  const functions = update === undefined ? [values] : [initial, update, result];
  return typeof name === 'string' && functions.every((each) => typeof each === 'function');
}

/** Whether a metric has its own running state. */
export function isStateful(metric: Metric | MetricByShape): metric is StatefulMetric {
  return 'update' in metric;
}

/** Whether the shapes of the first batch decide which metric it is. */
export function isByShape(metric: Metric | MetricByShape): metric is MetricByShape {
  return 'choose' in metric;
}
