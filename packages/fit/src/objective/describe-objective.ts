import type { StateValue } from '@keepfit/callbacks';
import type { LossFunction } from '../contract/loss.js';
import type { Metric } from '../contract/metric.js';
import type { MetricByShape } from '../contract/names.js';
import { isMean } from '../losses/weighted-mean.js';
import { toPlain } from '../state/fingerprint.js';

interface DescribedOutput {
  readonly loss: LossFunction | undefined;
  readonly weight: number;
  readonly metrics: readonly { readonly metric: Metric | MetricByShape; readonly isWeighted: boolean }[];
}

/** The losses and metrics of all outputs for the fingerprint, each a record by its class. */
export function describeOutputs(outputs: readonly DescribedOutput[]): StateValue {
  const describeMetrics = (weighted: boolean) =>
    outputs.map(({ metrics }) =>
      metrics.flatMap(({ metric, isWeighted }) => (isWeighted === weighted ? [describeMetric(metric)] : [])),
    );
  const weightedMetrics = describeMetrics(true);
  return toPlain({
    losses: outputs.map(({ loss }) => (loss === undefined ? null : describeLoss(loss))),
    lossWeights: outputs.map(({ weight }) => weight),
    metrics: describeMetrics(false),
    weightedMetrics: weightedMetrics.flat().length === 0 ? undefined : weightedMetrics,
  });
}

function describeLoss(loss: LossFunction): object {
  const { name, reduction } = loss;
  return (
    describeClass(loss) ?? {
      function: name || 'a function',
      reduction: isMean(reduction) ? undefined : reduction,
    }
  );
}

function describeMetric(metric: Metric | MetricByShape): object {
  const { name } = metric;
  const values = 'values' in metric ? metric.values : {};
  return describeClass(metric, name) ?? describeClass(values, name) ?? { metric: name };
}

/** By the class, so that the path of each difference names it: `losses[0].huber.delta`. */
function describeClass(described: object, name?: string): object | undefined {
  const { className, config } = described as { readonly className?: unknown; readonly config?: unknown };
  if (typeof className !== 'string' || typeof config !== 'object') return undefined;
  return { [className]: { ...config, name } };
}
