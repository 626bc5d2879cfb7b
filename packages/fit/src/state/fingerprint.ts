import type { StateRecord, StateValue } from '@keepfit/callbacks';
import type * as tf from '@tensorflow/tfjs-core';
import { currentKernels } from '../backend/kernels.js';
import type { Model } from '../contract/model.js';
import { getOptimizerClass, getOptimizerSettings } from '../optimizer/optimizer-kind.js';
import type { OptimizerRole } from '../optimizer/optimizer-role.js';
import { describeSchedule, findSchedule } from '../optimizer/schedule.js';
import { byRole } from './saved-optimizers.js';

/**
 * The version of the training's own arithmetic. Raise it with every change after which the same program with
 * the same data, seed and backend gives other bits: of a loss, a metric, an optimizer by name, the random
 * numbers, the order of samples, what a batch or a layer counts. A change of kernels or gradients has versions
 * of its own. Checkpoints without the item have the first arithmetic.
 *
 * 2: Adadelta by name is Keras'; an optimizer's own `minimize` and `computeGradients` are used; all fields of
 * the user's own optimizer are restored.
 *
 * 3: Every optimizer by name is Keras', of `@keepfit/optimizers`; a regularizer counts once and only while its
 * weight is trained, and those of recurrent cells count too.
 */
const SEMANTICS = 3;

/** The settings of a fit that change its results. */
export interface FitSettings extends StateRecord {
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly stepsPerEpoch: number | null;
  readonly stepsPerExecution: number;
  readonly sampleWeight: boolean;
  readonly classWeight: StateValue;
  /** The compiled losses, their weights, and the metrics. */
  readonly objective: StateValue;
  /** Of the training data. */
  readonly data: StateRecord;
}

/** The version of the order in which shards are cut and summed. Raise it if that changes. */
const SHARD_TREE = 1;

/** The items of a fingerprint that say in how many shards a batch is computed; none for 1. */
export function describeShards(shards: number): StateRecord {
  return shards === 1 ? {} : { shards, shardTree: SHARD_TREE };
}

/** In how many shards a saved training computed a batch. */
export function readShards(fingerprint: StateValue): number {
  const { shards } = fingerprint as StateRecord;
  return typeof shards === 'number' ? shards : 1;
}

/**
 * The settings that must not change if a checkpoint is to continue exactly. The weights are compared apart,
 * one by one.
 */
export function createFingerprint(
  model: Model,
  optimizers: readonly OptimizerRole[],
  settings: FitSettings,
): StateRecord {
  return toPlain({
    trainable: Object.fromEntries(model.weights.map(({ name, trainable }) => [name, trainable])),
    config: model.config ?? null,
    ...describeOptimizers(optimizers, model),
    ...settings,
    ...currentKernels(),
    semantics: SEMANTICS,
  }) as StateRecord;
}

/**
 * The class of an optimizer and its settings, as they are in a fingerprint. A plain rate may change at any time,
 * so it is state; a schedule is a setting.
 */
function describeOptimizerSettings(optimizer: tf.Optimizer): StateRecord {
  const schedule = findSchedule(optimizer);
  return toPlain({
    class: getOptimizerClass(optimizer),
    ...getOptimizerSettings(optimizer),
    ...(schedule !== undefined && { schedule: describeSchedule(schedule) }),
  }) as StateRecord;
}

/** Whether a schedule gave the learning rate of this optimizer in a saved training. */
export function hadSchedule(fingerprint: StateValue, { name }: Pick<OptimizerRole, 'name'>): boolean {
  const { optimizer, optimizers } = fingerprint as StateRecord;
  const saved = name === undefined ? optimizer : (optimizers as StateRecord | undefined)?.[name];
  return typeof saved === 'object' && saved !== null && Object.hasOwn(saved, 'schedule');
}

/** The optimizers of a training, as they are in a fingerprint. */
export function describeOptimizers(optimizers: readonly OptimizerRole[], model: Model): StateRecord {
  return byRole('optimizer', optimizers, (role) => describeSettings(role, model));
}

/** The settings of an optimizer; of one of several also which weights it trains. */
function describeSettings(role: OptimizerRole, { weights }: Model): StateRecord {
  const settings = describeOptimizerSettings(role.optimizer);
  if (role.name === undefined) return settings;
  const trained = role.view(weights).filter(({ trainable }) => trainable);
  return { ...settings, weights: trained.map(({ name }) => name) };
}

/** Settings as plain values: leaves out undefined items, and names functions. */
export function toPlain(value: unknown): StateValue {
  if (value === null || typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean')
    return value;
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value !== 'object') return typeof value === 'function' ? `function ${value.name}` : null;
  if (value instanceof RegExp) return String(value);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, toPlain(item)]));
}
