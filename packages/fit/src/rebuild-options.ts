import { KeepfitError, type StateValue } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import type { LossFunction } from './contract/loss.js';
import { kerasNames, type MetricName } from './keras-names.js';
import { getLoss, type LossName } from './losses/get-loss.js';
import { lossTable } from './losses/loss-table.js';
import { getMetric, type MetricTableName } from './metrics/get-metric.js';
import type { MetricOption } from './objective/output-plan.js';
import type { TrainerOptions } from './trainer-with-names.js';

/** The part of a description that tells losses and metrics. */
interface DescribedStep {
  readonly losses?: readonly (Described | null)[];
  readonly lossWeights?: readonly number[];
  readonly metrics?: readonly (readonly Described[])[];
  readonly weightedMetrics?: readonly (readonly Described[])[];
}

/** Classes whose name is not that of their factory. */
const RENAMED: Readonly<Record<string, string>> = { cosineSimilarityMetric: 'cosineSimilarity' };

/** The options of a description that the class implies, and its factory does not take. */
const IMPLIED: Readonly<Record<string, readonly string[]>> = {
  binaryIoU: ['numClasses', 'sparseYTrue', 'sparseYPred', 'axis'],
  meanIoU: ['targetClassIds'],
  oneHotIoU: ['sparseYTrue'],
  oneHotMeanIoU: ['targetClassIds', 'sparseYTrue'],
};

/** A loss or a metric by its class, such as `{ huber: { delta: 1 } }`, or by the name of a function. */
type Described = Readonly<Record<string, unknown>>;

/**
 * Makes the losses and metrics of a training from the `step` of its description, so that a worker needs no code of the
 * user.
 *
 * @throws KEEPFIT_INVALID_OPTION when one of them is not keepfit's, or the training has phases.
 */
export function rebuildOptions(step: StateValue | undefined): Omit<TrainerOptions, 'optimizer'> {
  const { losses, lossWeights, metrics, weightedMetrics } = (step ?? {}) as DescribedStep;
  if (losses === undefined) throw createError('the training has phases');
  return {
    loss: losses.map((loss) => (loss === null ? null : rebuildLoss(loss))),
    ...(lossWeights && { lossWeights }),
    ...(metrics && { metrics: metrics.map((list) => list.map(rebuildMetric)) }),
    ...(weightedMetrics && { weightedMetrics: weightedMetrics.map((list) => list.map(rebuildMetric)) }),
  };
}

function rebuildLoss(described: Described): LossFunction {
  const [className, config] = getClass(described);
  if (className === 'function')
    throw createError(`keepfit has no loss ${formatValue(config)}, which is a function`);
  return getLoss(className as LossName, config as Described);
}

function rebuildMetric(described: Described): MetricOption<MetricName> {
  const [className, config] = getClass(described);
  // The shapes of a batch decide which accuracy it is.
  if (className === 'metric') return rebuildNamed(String(config));
  const options = config as Described;
  if (isLoss(className)) return rebuildLossMetric(className, options);
  const implied = IMPLIED[className] ?? [];
  const given = Object.entries(options).filter(([option]) => !implied.includes(option));
  return getMetric((RENAMED[className] ?? className) as MetricTableName, Object.fromEntries(given));
}

/** A metric that is the mean of a loss. */
function rebuildLossMetric(className: LossName, { name, ...options }: Described): MetricOption<MetricName> {
  const loss = getLoss(className, options);
  // By its name, such a metric is the mean of another function than the loss itself is.
  if (loss.unscaled !== undefined)
    throw createError(`the metric ${formatValue(name)} is a loss that ignores a class`);
  return { name: String(name), values: loss };
}

function isLoss(className: string): className is LossName {
  return Object.hasOwn(
    lossTable,
    className.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  );
}

function rebuildNamed(name: string): MetricName {
  try {
    if ('choose' in kerasNames.getMetric(name)) return name as MetricName;
  } catch {
    // It is the name of something else.
  }
  throw createError(`keepfit has no metric ${formatValue(name)}`);
}

function getClass(described: Described): readonly [className: string, config: unknown] {
  const [entry] = Object.entries(described);
  if (entry === undefined) throw createError('a loss or a metric has no description');
  return entry;
}

function createError(problem: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `a worker cannot make the training from its description: ${problem}; give the workers a module that makes it`,
  );
}
