import { KeepfitError, type StateArray } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import { type FieldEntries, type FieldNode, MAX_DEPTH } from './field-tree.js';
import { fieldsOf, getOptimizerClass, getOptimizerSettings } from './optimizer-kind.js';
import { isListOfWeights } from './slot-lists.js';
import { describeKey, type WeightNames } from './weight-names.js';

export interface ReadFields {
  readonly tree: FieldNode;
  /** By the names in the tree. They stay the optimizer's. */
  readonly tensors: ReadonlyMap<string, tf.Tensor>;
}

/**
 * Reads the state of an optimizer from its own fields: variables, kept tensors, numbers, booleans and typed
 * arrays, in nested lists, sets, records, maps and instances of classes. Functions and settings are left alone.
 *
 * @throws KEEPFIT_INVALID_OPTION when a field holds what checkpoints do not have.
 */
export function readFields(optimizer: tf.Optimizer, names: WeightNames): ReadFields {
  const reader = new FieldReader(names);
  const tree = reader.readOptimizer(optimizer);
  if (reader.unknown === undefined) return { tree, tensors: reader.tensors };
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `the optimizer ${getOptimizerClass(optimizer)} cannot be saved: ${reader.unknown}`,
  );
}

/** The tensors that the fields of an optimizer hold. Weights of the model are not among them. */
export function findFieldTensors(optimizer: tf.Optimizer, names: WeightNames): Set<tf.Tensor> {
  const reader = new FieldReader(names);
  reader.readOptimizer(optimizer);
  return new Set(reader.tensors.values());
}

/** Whether the root's field is saved elsewhere, or is a setting, which the fingerprint has. */
export function isRootField(
  field: string,
  value: unknown,
  settings: Readonly<Record<string, unknown>>,
): boolean {
  if (field === 'iterations_' || (field === 'learningRate' && typeof value === 'number')) return false;
  const isPlain =
    value === null || typeof value !== 'object' || (Array.isArray(value) && !value.some(isObject));
  return !(isPlain && Object.hasOwn(settings, field));
}

/** The own fields that can be written: what a getter alone computes is not among them. */
export function listDataFields(target: object): [field: string, value: unknown][] {
  return Object.entries(Object.getOwnPropertyDescriptors(target)).flatMap(([field, descriptor]) =>
    'value' in descriptor || descriptor.set !== undefined ? [[field, Reflect.get(target, field)]] : [],
  );
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/**
 * Whether an instance of a class is a part of the optimizer, such as a schedule or an inner optimizer. Layers,
 * models and emitters of events lead out of it.
 */
export function isPart(value: object): boolean {
  const { applyGradients, getConfig, getClassName, on, addEventListener, then } = value as Record<
    string,
    unknown
  >;
  const isFunction = (member: unknown) => typeof member === 'function';
  if (isFunction(applyGradients)) return true;
  if (isFunction(getConfig) && isFunction(getClassName)) return false;
  return !(
    [on, addEventListener, then].some(isFunction) ||
    value instanceof Date ||
    value instanceof RegExp ||
    value instanceof ArrayBuffer
  );
}

class FieldReader {
  readonly tensors = new Map<string, tf.Tensor>();
  /** What no checkpoint can hold, in words. */
  unknown: string | undefined;
  readonly #names: WeightNames;
  readonly #nameOfTensor = new Map<tf.Tensor, string>();
  readonly #seen = new Set<object>();

  constructor(names: WeightNames) {
    this.#names = names;
  }

  readOptimizer(optimizer: tf.Optimizer): FieldNode {
    this.#seen.add(optimizer);
    const settings = getOptimizerSettings(optimizer);
    const fields = listDataFields(fieldsOf(optimizer)).filter(([field, value]) =>
      isRootField(field, value, settings),
    );
    return { object: this.#objectEntries(optimizer, fields, []) };
  }

  #read(value: unknown, path: readonly string[]): FieldNode {
    if (value === null || typeof value === 'number' || typeof value === 'boolean') return { value };
    if (value === undefined) return { none: true };
    if (typeof value === 'string') return { text: this.#names.toStableText(value) };
    if (typeof value === 'bigint') return { bigint: String(value) };
    const weight = this.#names.findWeight(value);
    if (weight !== undefined) return { weight };
    if (typeof value !== 'object' || path.length > MAX_DEPTH) return {};
    if (value instanceof tf.Tensor) return this.#readTensor(value, path);
    if (this.#seen.has(value)) return {};
    this.#seen.add(value);
    const kind = findUnreadableKind(value);
    if (kind !== undefined)
      return this.#refuse(`its field ${path.join('/')} is ${kind}, which cannot be saved`);
    if (ArrayBuffer.isView(value)) return { value: (value as StateArray).slice() };
    if (Array.isArray(value)) return { list: this.#readList(value, path) };
    if (value instanceof Set) return { set: this.#readList([...value], path) };
    if (value instanceof Map) return { map: this.#entries([...value], path) };
    if (value instanceof WeakMap) return { map: this.#entries(listWeakEntries(value, this.#names), path) };
    if (isRecord(value)) return { record: this.#objectEntries(value, listDataFields(value), path) };
    return isPart(value) ? { object: this.#objectEntries(value, listDataFields(value), path) } : {};
  }

  #objectEntries(
    target: object,
    fields: readonly (readonly [key: string, value: unknown])[],
    path: readonly string[],
  ): FieldEntries {
    const symbol = Object.getOwnPropertySymbols(target).find((key) => mayBeState(Reflect.get(target, key)));
    if (symbol !== undefined) this.#refuse(`its field ${String(symbol)} is named by a symbol`);
    return this.#entries(fields, path);
  }

  #refuse(reason: string): FieldNode {
    this.unknown ??= `${reason}; use fields with names, and numbers, tensors or typed arrays`;
    return {};
  }

  #entries(
    pairs: readonly (readonly [key: unknown, value: unknown])[],
    path: readonly string[],
  ): FieldEntries {
    const keys = this.#names.toStableKeys(pairs.map(([key]) => key));
    return pairs.flatMap(([, value], index) => {
      const key = keys[index];
      return key === undefined ? [] : [[key, this.#read(value, [...path, describeKey(key)])] as const];
    });
  }

  #readList(list: readonly unknown[], path: readonly string[]): FieldNode[] {
    const ofWeights = isListOfWeights(list, this.#names);
    return Array.from(list, (item, index) =>
      this.#read(item, [...path, (ofWeights ? this.#names.order[index] : undefined) ?? String(index)]),
    );
  }

  #readTensor(tensor: tf.Tensor, path: readonly string[]): FieldNode {
    if (tensor.isDisposed) return {};
    const name = this.#nameOfTensor.get(tensor) ?? this.#addTensor(tensor, path.join('/'));
    return tensor instanceof tf.Variable ? { variable: name, trainable: tensor.trainable } : { tensor: name };
  }

  #addTensor(tensor: tf.Tensor, path: string): string {
    if (!['float32', 'int32', 'bool'].includes(tensor.dtype))
      this.unknown ??= `the tensor in its field ${path} is ${tensor.dtype}; use float32, int32 or bool`;
    let name = path;
    for (let count = 2; this.tensors.has(name); count++) name = `${path}#${count}`;
    this.tensors.set(name, tensor);
    this.#nameOfTensor.set(tensor, name);
    return name;
  }
}

/** What holds state that cannot be read or put back, in words. */
function findUnreadableKind(value: object): string | undefined {
  if (value instanceof BigInt64Array || value instanceof BigUint64Array) return 'an array of big integers';
  if (value instanceof DataView || value instanceof ArrayBuffer) return 'a buffer of bytes';
  const { next } = value as { next?: unknown };
  return typeof next === 'function' && Symbol.iterator in value ? 'an iterator' : undefined;
}

/** A weak map does not list its keys; the weights are those that optimizers use. */
export function listWeakEntries(map: WeakMap<object, unknown>, names: WeightNames): [tf.Variable, unknown][] {
  return names.variables().flatMap((variable) => (map.has(variable) ? [[variable, map.get(variable)]] : []));
}

/** Whether a value may be state. Libraries attach instances of their classes to an object. */
function mayBeState(value: unknown): boolean {
  if (!isObject(value)) return ['number', 'boolean', 'string', 'bigint'].includes(typeof value);
  return value instanceof tf.Tensor || Array.isArray(value) || value instanceof Map || isRecord(value);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
