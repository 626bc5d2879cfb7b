import type { StateRecord } from '@keepfit/callbacks';
import { expect, test } from 'vitest';
import type { LossFunction } from '../src/contract/loss.js';
import { rebuildOptions } from '../src/engine.js';
import { kerasNames } from '../src/keras-names.js';
import { lossTable } from '../src/losses/loss-table.js';
import { metricTable } from '../src/metrics/metric-table.js';
import { Objective } from '../src/objective/objective.js';
import type { ObjectiveOptions } from '../src/objective/output-plan.js';

type Given = Partial<ObjectiveOptions<string, string>>;

const required: Readonly<Record<string, object>> = {
  io_u: { numClasses: 2, targetClassIds: [0] },
  mean_io_u: { numClasses: 2 },
  one_hot_io_u: { numClasses: 2, targetClassIds: [0] },
  one_hot_mean_io_u: { numClasses: 2 },
  precision_at_recall: { recall: 0.5 },
  recall_at_precision: { precision: 0.5 },
  sensitivity_at_specificity: { specificity: 0.5 },
  specificity_at_sensitivity: { sensitivity: 0.5 },
};

const create = (options: Given, outputNames: readonly string[] = ['out']): Objective =>
  new Objective({ loss: 'mse', ...options }, { outputNames }, kerasNames);

/** What a worker has after it was sent a description. */
function rebuild({ description }: Objective, outputNames?: readonly string[]): Objective {
  const sent = structuredClone(description) as StateRecord;
  return create(rebuildOptions(sent) as Given, outputNames);
}

function expectSame(options: Given, outputNames?: readonly string[]): void {
  const made = create(options, outputNames);
  const again = rebuild(made, outputNames);
  expect(again.description).toEqual(made.description);
  expect(again.logPlan.keys).toEqual(made.logPlan.keys);
}

test.each(Object.entries(lossTable))('a worker makes the loss %s from its description', (_, factory) => {
  for (const reduction of ['sum', 'mean_with_sample_weight'] as const) {
    expectSame({ loss: factory() });
    expectSame({ loss: factory({ reduction } as never) });
  }
});

test.each(Object.entries(metricTable))(
  'a worker makes the metric %s from its description',
  (name, factory) => {
    const make = factory as (options: object) => never;
    expectSame({ metrics: [make({ ...required[name] })] });
    expectSame({ metrics: [make({ ...required[name], name: 'other' }), 'mse'] });
  },
);

test('a worker makes losses as metrics, accuracies, short names and weighted metrics', () => {
  expectSame({ metrics: ['accuracy', 'acc', 'mse', 'mae', lossTable.huber({ delta: 2 })] });
  expectSame({ metrics: ['mse', 'accuracy'], weightedMetrics: ['mse', 'auc', 'acc'] });
});

test('a worker makes the losses and metrics of several outputs', () => {
  expectSame({ loss: ['mse', null], lossWeights: [0.5, 2], metrics: [['mae'], ['accuracy', 'auc']] }, [
    'a',
    'b',
  ]);
});

test('what keepfit does not know is refused by name', () => {
  const mine: LossFunction = (yTrue) => yTrue;
  expect(() => rebuild(create({ loss: mine }))).toThrow(/no loss "mine", which is a function.*module/);
  expect(() => rebuild(create({ metrics: [{ name: 'ours', values: mine }] }))).toThrow(/no metric "ours"/);
  expect(() => rebuildOptions({ phases: [] })).toThrow(/the training has phases/);
});
