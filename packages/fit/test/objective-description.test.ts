import type { StateRecord } from '@keepfit/callbacks';
import { expect, test } from 'vitest';
import { kerasNames } from '../src/keras-names.js';
import { lossTable } from '../src/losses/loss-table.js';
import { metricTable } from '../src/metrics/metric-table.js';
import { meanMetric } from '../src/metrics/mean-metric.js';
import { accuracy } from '../src/metrics/accuracy.js';
import { Objective } from '../src/objective/objective.js';
import type { LossOption, MetricOption, ObjectiveOptions } from '../src/objective/output-plan.js';
import { compareFingerprints } from '../src/objective/former-names.js';

type Options = Record<string, unknown>;
type Factory = (options?: Options) => unknown;
type Values = Readonly<Record<string, readonly [usual: unknown, other: unknown]>>;

const { huber, mean_squared_error: meanSquaredError } = lossTable;
const { auc } = metricTable;

/** Each option: its default, and another value. */
const values: Values = {
  alpha: [0.25, 0.3],
  applyClassBalancing: [false, true],
  average: [null, 'micro'],
  axis: [-1, 0],
  beta: [1, 0.7],
  classAggregation: ['uniform_average', null],
  classId: [undefined, 1],
  curve: ['ROC', 'PR'],
  delta: [1, 2],
  dtype: ['int', 'float32'],
  fromLogits: [false, true],
  gamma: [2, 3],
  ignoreClass: [undefined, 1],
  k: [5, 3],
  labelSmoothing: [0, 0.1],
  labelWeights: [undefined, [1, 2]],
  margin: [0.4, 0.3],
  multiLabel: [false, true],
  name: [undefined, 'other'],
  numClasses: [2, 3],
  numRegressors: [0, 1],
  numThresholds: [200, 10],
  q: [0.5, 0.3],
  reduction: ['mean', 'sum'],
  removeDiagonal: [true, false],
  sparseYPred: [true, false],
  sparseYTrue: [true, false],
  summationMethod: ['interpolation', 'majoring'],
  targetClassIds: [[0], [1]],
  threshold: [0.5, 0.3],
  thresholds: [[0.5], [0.3]],
  topK: [undefined, 2],
};

/** Those of which a default is another one, or which must be given. */
const special: Readonly<Record<string, Values>> = {
  auc: { thresholds: [undefined, [0.3]] },
  binary_io_u: { targetClassIds: [[0, 1], [1]] },
  circle: { gamma: [80, 3] },
  dice: { axis: [undefined, 0] },
  f1_score: { threshold: [null, 0.3] },
  fbeta_score: { threshold: [null, 0.3] },
  one_hot_io_u: { sparseYPred: [false, true] },
  one_hot_mean_io_u: { sparseYPred: [false, true] },
  precision_at_recall: { recall: [0.5, 0.6] },
  recall_at_precision: { precision: [0.5, 0.6] },
  sensitivity_at_specificity: { specificity: [0.5, 0.6] },
  specificity_at_sensitivity: { sensitivity: [0.5, 0.6] },
  tversky: { alpha: [0.5, 0.3], beta: [0.5, 0.7], axis: [undefined, 0] },
};
const required: Readonly<Record<string, Options>> = {
  io_u: { numClasses: 2, targetClassIds: [0] },
  mean_io_u: { numClasses: 2 },
  one_hot_io_u: { numClasses: 2, targetClassIds: [0] },
  one_hot_mean_io_u: { numClasses: 2 },
  precision_at_recall: { recall: 0.5 },
  recall_at_precision: { precision: 0.5 },
  sensitivity_at_specificity: { specificity: 0.5 },
  specificity_at_sensitivity: { sensitivity: 0.5 },
};

const objectiveOf = (
  options: Partial<ObjectiveOptions<string, string>>,
  outputNames: readonly string[] = ['out'],
): Objective => new Objective({ loss: 'mse', ...options }, { outputNames }, kerasNames);
const describeAll = (...given: Parameters<typeof objectiveOf>): StateRecord =>
  objectiveOf(...given).description as StateRecord;

const ofLoss = (loss: unknown) => describeAll({ loss: loss as LossOption });
const ofMetric = (metric: unknown) => describeAll({ metrics: [metric as MetricOption] });

/** The names of all options, by the error that lists them. */
function listOptions(factory: Factory, name: string): string[] {
  try {
    factory({ ...required[name], nothing: 1 });
  } catch (error) {
    return / it has ([\w, ]+)/.exec(String(error))![1]!.split(', ');
  }
  throw new Error(`${name} took an option that it does not have`);
}

const listAll = (table: object, describe: (made: unknown) => StateRecord) =>
  Object.entries(table).map(([name, factory]) => [name, factory as Factory, describe] as const);

test.each([...listAll(lossTable, ofLoss), ...listAll(metricTable, ofMetric)])(
  'the description of %s tells each option, and a default as one left out',
  (name, factory, describe) => {
    const describeWith = (options: Options) => describe(factory({ ...required[name], ...options }));
    const plain = describeWith({});
    if (required[name] === undefined) expect(describe(name)).toEqual(plain);
    const extra = Object.keys({ ...(describe === ofMetric && { name: 1 }), ...required[name] });
    for (const option of new Set([...listOptions(factory, name), ...extra])) {
      // A metric is a mean, and refuses the reduction of the loss that it is made of.
      if (option === 'reduction' && describe === ofMetric) continue;
      const [usual, other] = (special[name] ?? {})[option] ?? values[option]!;
      expect(describeWith({ [option]: usual }), option).toEqual(plain);
      if (required[name]?.[option] === undefined)
        expect(describeWith({ [option]: undefined }), option).toEqual(plain);
      expect(describeWith({ [option]: other }), option).not.toEqual(plain);
    }
  },
);

test('the other spellings of one option are one', () => {
  expect(ofLoss(lossTable.dice({ axis: [1] }))).toEqual(ofLoss(lossTable.dice({ axis: 1 })));
  expect(ofLoss(huber({ reduction: 'sum_over_batch_size' }))).toEqual(ofLoss('Huber'));
  expect(ofMetric(huber({ reduction: null }))).toEqual(ofMetric(huber({ reduction: 'none' })));
  expect(ofMetric(auc({ thresholds: [0.3, 0.6] }))).toEqual(ofMetric(auc({ thresholds: [0.6, 0.3] })));
  expect(ofMetric(metricTable.precision({ thresholds: 0.3 }))).toEqual(
    ofMetric(metricTable.precision({ thresholds: [0.3] })),
  );
});

test('options count wherever losses and metrics are given', () => {
  const [a, b] = [huber({ delta: 1 }), huber({ delta: 2 })];
  const outputs = ['a', 'b'];
  const both = describeAll({ loss: a }, outputs);
  expect(describeAll({ loss: [a, a] }, outputs)).toEqual(both);
  expect(describeAll({ loss: { b: a, a } }, outputs)).toEqual(both);
  expect(describeAll({ loss: { a, b } }, outputs)).toEqual(describeAll({ loss: [a, b] }, outputs));
  expect(describeAll({ loss: [a, b] }, outputs)).not.toEqual(both);

  const [few, many] = [auc({ numThresholds: 9 }), auc({ numThresholds: 10 })];
  for (const key of ['metrics', 'weightedMetrics'] as const) {
    expect(describeAll({ [key]: [[few], [many]] }, outputs)).toEqual(
      describeAll({ [key]: { b: many, a: few } }, outputs),
    );
    expect(describeAll({ [key]: [few] })).not.toEqual(describeAll({ [key]: [many] }));
    for (const none of [[], {}, [[], []]])
      expect(describeAll({ [key]: none }, outputs), key).toEqual(describeAll({}, outputs));
  }
});

test('metrics of the same name that compute something else differ', () => {
  const own = { name: 'auc', values: (yTrue: never) => yTrue };
  expect(ofMetric(auc())).not.toEqual(ofMetric(own));
  expect(ofMetric(accuracy())).not.toEqual(ofMetric('accuracy'));
  const negative = meanMetric('cosine_similarity', lossTable.cosine_similarity());
  expect(ofMetric(negative)).not.toEqual(ofMetric('cosine_similarity'));
  expect(ofMetric(meanMetric('huber', huber()))).not.toEqual(
    ofMetric(meanMetric('huber', huber({ delta: 2 }))),
  );
});

test('a loss or metric of your own is described by its name, or by className and config', () => {
  const mine = (yTrue: never) => yTrue;
  const { losses } = ofLoss(mine);
  expect(losses).toEqual([{ function: 'mine' }]);
  expect(ofLoss(Object.assign((yTrue: never) => yTrue, { reduction: 'sum' }))['losses']).toEqual([
    { function: 'a function', reduction: 'sum' },
  ]);
  const strict = Object.assign((yTrue: never) => yTrue, { className: 'strict', config: { by: 3 } });
  expect(ofLoss(strict)['losses']).toEqual([{ strict: { by: 3 } }]);
  expect(ofMetric(mine)['metrics']).toEqual([[{ metric: 'mine' }]]);
});

test('a checkpoint with names only is compared by them', () => {
  const given = { loss: [huber({ delta: 2, reduction: 'sum' }), 'mse'], metrics: ['mae', auc()] } as const;
  const { description, given: lists } = objectiveOf({ ...given, weightedMetrics: [] }, ['a', 'b']);
  const names = [
    ['mae', 'auc'],
    ['mae', 'auc'],
  ];
  const saved = { losses: ['a function, sum', 'mse'], lossWeights: [1, 1], metrics: names };
  const compare = (objective: StateRecord) =>
    compareFingerprints({ objective }, { objective: description }, lists);
  expect(compare(saved)).toEqual([]);
  expect(compare({ ...saved, weightedMetrics: [[], []] })).toEqual([]);
  expect(compare({ ...saved, losses: ['a function', 'mse'] })).toMatchObject([
    { item: 'objective.losses[0]', saved: 'a function', current: 'a function, sum' },
  ]);
  expect(compare({ ...saved, weightedMetrics: [['mse'], []] })).toHaveLength(1);
  const now = objectiveOf(
    { loss: [huber({ delta: 3, reduction: 'sum' }), meanSquaredError()], metrics: given.metrics },
    ['a', 'b'],
  );
  expect(compareFingerprints({ objective: description }, { objective: now.description }, now.given)).toEqual([
    { item: 'objective.losses[0].huber.delta', saved: 2, current: 3, canContinue: true },
  ]);
});
