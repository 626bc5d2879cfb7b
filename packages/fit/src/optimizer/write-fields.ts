import type { StateArray } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import type { FieldEntries, FieldNode } from './field-tree.js';
import { fieldsOf, getOptimizerSettings } from './optimizer-kind.js';
import {
  findFieldTensors,
  isPart,
  isRecord,
  isRootField,
  listDataFields,
  listWeakEntries,
} from './read-fields.js';
import type { WeightNames } from './weight-names.js';

/**
 * Makes the fields of an optimizer hold the state of a tree that `readFields` returned, here or in another
 * process. `tensors` stay the caller's. State that the tree lacks is removed, and its tensors are disposed.
 */
export function writeFields(
  optimizer: tf.Optimizer,
  names: WeightNames,
  tree: FieldNode,
  tensors: ReadonlyMap<string, tf.Tensor>,
): void {
  const before = findFieldTensors(optimizer, names);
  const settings = getOptimizerSettings(optimizer);
  const entries = 'object' in tree ? (tree.object ?? []) : [];
  new FieldWriter(names, tensors).writeObject(fieldsOf(optimizer), entries, (field, value) =>
    isRootField(field, value, settings),
  );
  const after = findFieldTensors(optimizer, names);
  tf.dispose([...before].filter((tensor) => !after.has(tensor)));
}

class FieldWriter {
  readonly #names: WeightNames;
  readonly #tensors: ReadonlyMap<string, tf.Tensor>;
  /** What was written for each tensor: two fields may hold the same one. */
  #written = new Map<string, tf.Tensor>();

  constructor(names: WeightNames, tensors: ReadonlyMap<string, tf.Tensor>) {
    this.#names = names;
    this.#tensors = tensors;
  }

  writeObject(
    target: Record<string, unknown>,
    entries: FieldEntries,
    isState: (field: string, value: unknown) => boolean = () => true,
  ): void {
    const current = new Map<unknown, unknown>(listDataFields(target));
    const next = this.#resolve(entries, current);
    for (const [field, value] of current)
      if (!next.has(field) && isState(field as string, value) && holdsState(value))
        Reflect.deleteProperty(target, field as string);
    for (const [field, value] of next)
      if (!Object.is(value, current.get(field)) && isSettable(target, field as string))
        Reflect.set(target, field as string, value);
  }

  #place(current: unknown, node: FieldNode): unknown {
    if ('none' in node) return holdsState(current) ? undefined : current;
    if ('value' in node) return placeValue(current, node.value ?? null);
    if ('text' in node) return this.#names.toText(node.text ?? '');
    if ('bigint' in node) return BigInt(node.bigint ?? 0);
    if ('weight' in node) return this.#names.getVariable(node.weight ?? '');
    if ('variable' in node) return this.#placeVariable(current, node.variable ?? '', node.trainable === true);
    if ('tensor' in node) return this.#placeTensor(node.tensor ?? '');
    if ('list' in node)
      return this.#placeList(Array.isArray(current) ? thawed(current, [...current]) : [], node.list ?? []);
    if ('set' in node) return this.#placeSet(current instanceof Set ? current : new Set(), node.set ?? []);
    if ('map' in node)
      return current instanceof WeakMap
        ? this.#placeWeakMap(current, node.map ?? [])
        : this.#placeMap(current instanceof Map ? current : new Map(), node.map ?? []);
    if ('record' in node) {
      const record = isRecord(current) ? thawed(current, { ...current }) : {};
      this.writeObject(record, node.record ?? []);
      return record;
    }
    if ('object' in node && typeof current === 'object' && current !== null && isPart(current))
      this.writeObject(current as Record<string, unknown>, node.object ?? []);
    return current;
  }

  #placeVariable(current: unknown, name: string, trainable: boolean): tf.Tensor | undefined {
    const written = this.#written.get(name);
    const tensor = this.#tensors.get(name);
    if (written !== undefined || tensor === undefined) return written;
    const fits =
      current instanceof tf.Variable &&
      !current.isDisposed &&
      this.#names.findWeight(current) === undefined &&
      current.dtype === tensor.dtype &&
      current.shape.join() === tensor.shape.join() &&
      ![...this.#written.values()].includes(current);
    const variable = fits ? current : tf.variable(tensor, trainable);
    if (fits) variable.assign(tensor);
    this.#written.set(name, variable);
    return variable;
  }

  #placeTensor(name: string): tf.Tensor | undefined {
    const written = this.#written.get(name);
    const tensor = this.#tensors.get(name);
    if (written !== undefined || tensor === undefined) return written;
    const kept = tf.tidy(() => tf.keep(tf.reshape(tensor, tensor.shape)));
    this.#written.set(name, kept);
    return kept;
  }

  #placeList(list: unknown[], items: readonly FieldNode[]): unknown[] {
    list.length = items.length;
    items.forEach((node, index) => {
      const value = this.#place(list[index], node);
      if (!Object.is(value, list[index])) list[index] = value;
    });
    return list;
  }

  #placeSet(set: Set<unknown>, items: readonly FieldNode[]): Set<unknown> {
    const next = this.#placeList([...set], items);
    set.clear();
    for (const item of next) set.add(item);
    return set;
  }

  #placeMap(map: Map<unknown, unknown>, entries: FieldEntries): Map<unknown, unknown> {
    const next = this.#resolve(entries, map);
    for (const [key, value] of map) if (!next.has(key) && holdsState(value)) map.delete(key);
    for (const [key, value] of next) if (!Object.is(value, map.get(key))) map.set(key, value);
    return map;
  }

  #placeWeakMap(map: WeakMap<object, unknown>, entries: FieldEntries): WeakMap<object, unknown> {
    const current = new Map<unknown, unknown>(listWeakEntries(map, this.#names));
    for (const key of current.keys()) map.delete(key as object);
    for (const [key, value] of this.#placeMap(current, entries))
      if (typeof key === 'object' && key !== null) map.set(key, value);
    return map;
  }

  /** The values by the keys of this process. */
  #resolve(entries: FieldEntries, current: ReadonlyMap<unknown, unknown>): Map<unknown, unknown> {
    const next = new Map<unknown, unknown>();
    for (const [stable, node] of entries) {
      const [key, ...others] = this.#names.toKeys(stable);
      next.set(key, this.#place(current.get(key), node));
      for (const other of others) {
        // Nobody knows which of the keys the optimizer uses: each gets its own copy.
        const written = this.#written;
        this.#written = new Map();
        next.set(other, this.#place(current.get(other), node));
        this.#written = written;
      }
    }
    return next;
  }
}

/** Whether a value that the state lacks belongs to a state, and goes. Functions and options stay. */
function holdsState(value: unknown): boolean {
  if (value === undefined || typeof value === 'function') return false;
  return typeof value !== 'object' || value === null || value instanceof tf.Tensor || isContainer(value);
}

function isContainer(value: object): boolean {
  return (
    [Array.isArray, ArrayBuffer.isView, isRecord].some((is) => is(value)) ||
    value instanceof Map ||
    value instanceof Set
  );
}

/** A checkpoint is untrusted: it must not replace a method or a prototype. */
function isSettable(target: object, field: string): boolean {
  return field !== '__proto__' && typeof Reflect.get(target, field) !== 'function';
}

/** A list or record that can be written: a frozen one is replaced, as its owner does. */
function thawed<T extends object>(current: T, copy: T): T {
  return Object.isExtensible(current) ? current : copy;
}

/** Arrays are written in place if they fit: somebody else may hold them too. */
function placeValue(current: unknown, value: number | boolean | null | StateArray): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (
    ArrayBuffer.isView(current) &&
    current.constructor === value.constructor &&
    (current as StateArray).length === value.length
  ) {
    (current as StateArray).set(value);
    return current;
  }
  return value.slice();
}
