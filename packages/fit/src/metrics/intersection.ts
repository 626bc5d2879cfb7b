import { KeepfitError } from '@keepfit/callbacks';
import {
  formatValue,
  isCount,
  isPositiveInteger,
  type OptionRule,
  printWarning,
} from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { StatefulMetric } from '../contract/metric.js';
import { optionRules } from '../losses/option-rules.js';
import { addEach, alignWeights, encodeOneHot, EPSILON, toFloat } from '../losses/tensors.js';
import { type MetricOptions, withOptions } from './metric-options.js';

/** The options of every metric that counts intersections over unions. */
export interface IntersectionOptions extends MetricOptions {
  /**
   * What the counts are. As in Keras, 'int32' cuts class numbers and sample weights to whole numbers: give
   * 'float32' for weights such as 0.5. Keras' 'int' means 'int32'. @default 'int32'
   */
  readonly dtype?: 'int32' | 'int' | 'float32';
}

/** The options for labels of several classes. */
export interface ClassIntersectionOptions extends IntersectionOptions {
  /** The number of classes. Class numbers outside 0 … numClasses - 1 do not count. */
  readonly numClasses: number;
  /** A class number, for instance that of padding, whose targets do not count. @default none */
  readonly ignoreClass?: number;
  /** The axis of the classes in what is not sparse. @default -1 */
  readonly axis?: number;
}

/** Whether targets and predictions hold class numbers, or one value per class along `axis`. */
export interface SparsityOptions {
  /** Whether the targets are class numbers. If false, the class with the largest value counts. @default true */
  readonly sparseYTrue?: boolean;
  /** Whether the predictions are class numbers. If false, the class with the largest value counts. @default true */
  readonly sparseYPred?: boolean;
}

const areClasses = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((each) => isCount(each));

const dtypes: readonly unknown[] = ['int32', 'int', 'float32'];
const NUM_CLASSES = [isPositiveInteger, 'a positive integer'] as const satisfies OptionRule;

/** The `checkOptions` rules of `targetClassIds`. */
export const targetRule = [areClasses, 'a list of class numbers'] as const satisfies OptionRule;

/** The `checkOptions` rules of every such metric. */
export const intersectionRules = {
  name: optionRules.text,
  dtype: [(value) => dtypes.includes(value), '"int32", "int" or "float32"'],
} as const satisfies Record<keyof IntersectionOptions, OptionRule>;

/** The `checkOptions` rules of those for several classes. */
export const classRules = {
  ...intersectionRules,
  numClasses: NUM_CLASSES,
  ignoreClass: optionRules.integer,
  axis: optionRules.axis,
} as const satisfies Record<keyof ClassIntersectionOptions, OptionRule>;

export interface IntersectionSettings extends ClassIntersectionOptions, SparsityOptions {
  /** The name of the metric, for messages. */
  readonly owner: string;
  /** The classes whose mean is the result. */
  readonly targetClassIds: readonly number[];
  readonly name: string;
  /** Predictions from this value on are class 1, the others class 0. @default predictions are class numbers */
  readonly threshold?: number;
}

/** The settings with their defaults. */
type CountSettings = IntersectionSettings &
  Required<SparsityOptions & Pick<ClassIntersectionOptions, 'axis'>>;

/**
 * Creates a metric of intersections over unions: for each class, true positives / (true positives + false
 * positives + false negatives). The result is the mean of the target classes that occurred, or 0 without any.
 *
 * The state is the matrix of counts, [targets, predictions]. One batch needs memory for labels × classes.
 *
 * @throws KEEPFIT_INVALID_OPTION when `numClasses` or `targetClassIds` is missing, or a target class is none.
 */
export function createIntersection(settings: IntersectionSettings): StatefulMetric {
  const { owner, name, numClasses, targetClassIds, dtype = 'int32' } = settings;
  const { axis = -1, sparseYTrue = true, sparseYPred = true } = settings;
  const counting = { ...settings, axis, sparseYTrue, sparseYPred };
  requireClasses(settings);
  const stored = dtype === 'float32' ? 'float32' : 'int32';
  const { owner: _, ...options } = counting;
  const described = { ...options, dtype: stored };
  const noteWeights = stored === 'int32' ? warnOfFractions(owner) : () => undefined;
  return withOptions(owner, described, {
    name,
    direction: 'max',
    initial: () => [tf.zeros([numClasses, numClasses], stored)],
    merge: addEach,
    update: ([matrix], yTrue, yPred, weights) => {
      noteWeights(weights);
      return tf.tidy(() => [
        tf.add(matrix as tf.Tensor, tf.cast(countPairs(counting, stored, yTrue, yPred, weights), stored)),
      ]);
    },
    result: ([matrix]) => tf.tidy(() => averageClasses(toFloat(matrix as tf.Tensor), targetClassIds)),
  });
}

/** `checkOptions` lets undefined pass, and cannot compare two options. */
function requireClasses({ owner, numClasses, targetClassIds }: IntersectionSettings): void {
  if (!NUM_CLASSES[0](numClasses)) refuseOption('numClasses', owner, NUM_CLASSES[1], numClasses);
  if (!targetRule[0](targetClassIds) || targetClassIds.some((id) => id >= numClasses))
    refuseOption('targetClassIds', owner, `${targetRule[1]} below numClasses, ${numClasses}`, targetClassIds);
}

function refuseOption(option: string, owner: string, wanted: string, given: unknown): never {
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `${option} of ${owner} must be ${wanted}, not ${formatValue(given)}`,
  );
}

/** All classes, once their number is known to be one. */
export function listClasses(numClasses: number): number[] {
  return isPositiveInteger(numClasses) ? Array.from({ length: numClasses }, (_, id) => id) : [];
}

/** As in Keras, float weights warn once if they are cut to whole numbers. Masks are bool or int32. */
function warnOfFractions(owner: string): (weights: tf.Tensor | undefined) => void {
  let isWarned = false;
  return (weights) => {
    if (isWarned || weights?.dtype !== 'float32') return;
    isWarned = true;
    printWarning(
      `${owner} counts in whole numbers, and cuts sample weights such as 0.5 to 0; for such weights give dtype: 'float32'`,
    );
  };
}

/** Counts the weighted pairs of target and predicted class in one batch, float32 [targets, predictions]. */
function countPairs(
  settings: CountSettings,
  stored: 'int32' | 'float32',
  yTrue: tf.Tensor,
  yPred: tf.Tensor,
  weights: tf.Tensor | undefined,
): tf.Tensor {
  const { owner, numClasses, ignoreClass, axis, sparseYTrue, sparseYPred } = settings;
  const { threshold } = settings;
  const predictions =
    threshold === undefined
      ? takeClasses(owner, yPred, sparseYPred, axis)
      : tf.greaterEqual(toFloat(yPred), threshold);
  const targets = takeClasses(owner, yTrue, sparseYTrue, axis);
  if (targets.size !== predictions.size || targets.shape[0] !== predictions.shape[0]) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `${owner} needs as many targets as predictions, but they have shapes [${yTrue.shape}] and [${yPred.shape}]; ` +
        'for values of each class instead of class numbers, give sparseYTrue: false or sparseYPred: false',
    );
  }
  const counted = weighTargets(targets, stored, ignoreClass, weights);
  const [rows, columns] = [targets, predictions].map((classes) => encodeClasses(classes, stored, numClasses));
  const weighted =
    counted === undefined ? columns : tf.mul(columns as tf.Tensor, tf.reshape(counted, [-1, 1]));
  return tf.matMul(rows as tf.Tensor2D, weighted as tf.Tensor2D, true);
}

function takeClasses(owner: string, values: tf.Tensor, isSparse: boolean, axis: number): tf.Tensor {
  if (isSparse) return values;
  const from = axis < 0 ? values.rank + axis : axis;
  if (from >= 0 && from < values.rank) return tf.argMax(values, from);
  throw new KeepfitError(
    'KEEPFIT_INVALID_DATA',
    `axis ${axis} of ${owner} is outside values of shape [${values.shape}]`,
  );
}

/** The weight of each target, in the shape of the targets; undefined if each counts 1. */
function weighTargets(
  targets: tf.Tensor,
  stored: 'int32' | 'float32',
  ignoreClass: number | undefined,
  weights: tf.Tensor | undefined,
): tf.Tensor | undefined {
  const given =
    weights &&
    tf.mul(tf.onesLike(toFloat(targets)), toFloat(tf.cast(alignWeights(targets, weights), stored)));
  if (ignoreClass === undefined) return given;
  const kept = toFloat(tf.notEqual(tf.cast(targets, stored), ignoreClass));
  return given === undefined ? kept : tf.mul(given, kept);
}

/** One row a value, with 1 in the column of its class; all 0 for a number that is no class. */
function encodeClasses(values: tf.Tensor, stored: 'int32' | 'float32', numClasses: number): tf.Tensor {
  // A float of -0.5 is no class. The cast alone makes it 0, as Keras does for integers.
  const whole = stored === 'float32' ? tf.floor(toFloat(values)) : values;
  return encodeOneHot(tf.reshape(tf.cast(whole, 'int32'), [-1]), numClasses);
}

function averageClasses(matrix: tf.Tensor, targetClassIds: readonly number[]): tf.Tensor {
  const hits = tf.sum(tf.mul(matrix, tf.eye(matrix.shape[0] as number)), 0);
  const unions = tf.sub(tf.add(tf.sum(matrix, 0), tf.sum(matrix, 1)), hits);
  const ids = tf.tensor1d([...targetClassIds], 'int32');
  const [hit, union] = [tf.gather(hits, ids), tf.gather(unions, ids)];
  const occurs = toFloat(tf.greater(union, 1e-9));
  const shares = tf.mul(tf.div(hit, tf.add(union, EPSILON)), occurs);
  return tf.div(tf.sum(shares), tf.add(tf.sum(occurs), EPSILON));
}
