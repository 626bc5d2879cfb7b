import type { Difference, StateRecord, StateValue } from '@keepfit/callbacks';
import type { Optimizer } from '@tensorflow/tfjs-core';
import { currentKernels } from '../backend/kernels.js';
import type { Model } from '../contract/model.js';

/** The settings of a fit that shape what is computed. */
export interface FitSettings extends StateRecord {
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly stepsPerEpoch: number | null;
  readonly stepsPerExecution: number;
  readonly sampleWeight: boolean;
  readonly classWeight: StateValue;
  /** What was compiled: losses, their weights, metrics. */
  readonly objective: StateValue;
  /** Of the training data. */
  readonly data: StateRecord;
}

/** What must be the same for a checkpoint to be continued exactly, weights apart: these are compared one by one. */
export function fingerprint(model: Model, optimizer: Optimizer, settings: FitSettings): StateRecord {
  const { learningRate: _, ...optimizerSettings } = optimizer.getConfig();
  return plain({
    trainable: Object.fromEntries(model.weights.map(({ name, trainable }) => [name, trainable])),
    config: model.config ?? null,
    optimizer: { class: optimizer.getClassName(), ...optimizerSettings },
    ...settings,
    ...currentKernels(),
  }) as StateRecord;
}

/** Each leaf in which two fingerprints differ, by its path. */
export function differencesOf(saved: StateValue, current: StateValue, item = ''): Difference[] {
  if (isTree(saved) && isTree(current)) {
    const keys = new Set([...Object.keys(saved), ...Object.keys(current)]);
    return [...keys].flatMap((key) =>
      differencesOf(valueAt(saved, key), valueAt(current, key), pathTo(item, key, saved)),
    );
  }
  return Object.is(saved, current) ? [] : [{ item, saved, current, canContinue: true }];
}

type Tree = StateRecord | readonly StateValue[];

function isTree(value: StateValue): value is Tree {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
}

function valueAt(tree: Tree, key: string): StateValue {
  return Object.hasOwn(tree, key) ? ((tree as StateRecord)[key] ?? null) : null;
}

function pathTo(item: string, key: string, parent: Tree): string {
  if (Array.isArray(parent)) return `${item}[${key}]`;
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${item}[${JSON.stringify(key)}]`;
  return item === '' ? key : `${item}.${key}`;
}

/** Settings as plain values: what is undefined is left out, what is no plain value is named by its class. */
function plain(value: unknown): StateValue {
  if (value === null || typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean')
    return value;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object') return typeof value === 'function' ? `function ${value.name}` : null;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, plain(item)]));
}
