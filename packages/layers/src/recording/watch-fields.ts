import * as tf from '@tensorflow/tfjs-core';
import { LayerVariable, type LayersModel } from '@tensorflow/tfjs-layers';
import { ACTIVITY_REGULARIZER } from '../activity-regularizer.js';
import { isModel, nameLayer } from './name-layer.js';
import { listWeightRegularizers } from './weight-losses.js';

type Layer = LayersModel['layers'][number];
type Fields = Readonly<Record<PropertyKey, unknown>>;

/** A field, or a method of a class, and what it was. */
interface WatchedField {
  readonly object: Fields;
  readonly key: PropertyKey;
  readonly value: unknown;
  /** As a message names it: `the rate of the layer "dropout"`. */
  readonly name: string;
}

/** A list, or an object with all its fields, and what they were. */
interface WatchedObject {
  readonly object: object;
  /** None for a list. */
  readonly keys: readonly string[];
  readonly values: readonly unknown[];
  readonly name: (key: string) => string;
}

interface Watched {
  readonly fields: WatchedField[];
  readonly objects: WatchedObject[];
  /** Objects and classes that are watched already. */
  readonly seen: Set<unknown>;
}

/** What a model computes with. Its other fields serve tfjs' compile, fit and evaluate. */
const OF_MODELS = ['layers', 'inputs', 'outputs', '_losses', '_callHook', 'activityRegularizer'];
const METHODS = ['call', 'apply', 'computeMask'];
/** What a step or the use of a layer in another model changes, and what only matters before a layer is built. */
const IGNORED = new Set([
  ...['id', 'name', 'inboundNodes', 'outboundNodes', '_refCount', '_updates', '_addedWeightNames'],
  ...['inputSpec', 'stateSpec', 'batchInputShape', 'initialWeights', 'fastWeightInitDuringBuild'],
  ...['states_', 'keptStates', 'dropoutMask', 'recurrentDropoutMask'],
]);
const OF_BUILDING = /(Initializer|Constraint)$|^DEFAULT_/;
/** In place of a value that may change. */
const ANY = Symbol('any');
/** Lists in lists, such as the padding of images, are not deeper. */
const MAX_DEPTH = 3;

/**
 * Notes the configuration of layers: numbers, flags, functions, lists and the objects in fields. Returns a function
 * that says what has changed since, such as `the rate of the layer "dropout"`; undefined for nothing.
 */
export function watchFields(layers: Iterable<Layer>): () => string | undefined {
  const watched: Watched = { fields: [], objects: [], seen: new Set() };
  for (const layer of layers) watchLayer(layer, watched);
  return () => {
    for (const { object, key, value, name } of watched.fields)
      if (!Object.is(object[key], value)) return name;
    for (const object of watched.objects) {
      const change = findChangeOf(object);
      if (change !== undefined) return change;
    }
    return undefined;
  };
}

/** Reads all fields at once because that takes less time than one by one. */
function findChangeOf({ object, keys, values, name }: WatchedObject): string | undefined {
  const now: readonly unknown[] = Array.isArray(object) ? object : Object.values(object);
  if (now.length !== values.length) return name(Object.keys(object).find((key) => !keys.includes(key)) ?? '');
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    if (value !== now[index] && value !== ANY && !Object.is(value, now[index]))
      return name(keys[index] ?? '');
  }
  return undefined;
}

function watchLayer(layer: Layer, watched: Watched): void {
  const of = `of ${nameLayer(layer)}`;
  // First, because it also changes the flags of weights.
  watchField(layer, 'trainable_', `the trainable flag ${of}`, watched);
  watchField(layer, ACTIVITY_REGULARIZER, `the activity regularizer ${of}`, watched);
  watchValue(
    (layer as unknown as Fields)[ACTIVITY_REGULARIZER],
    'activity regularizer',
    of,
    MAX_DEPTH,
    watched,
  );
  for (const regularizer of listWeightRegularizers(layer))
    watchValue(regularizer, 'regularizer', of, MAX_DEPTH, watched);
  // Once more than by the number of fields, which does not count one that is not enumerable.
  for (const key of METHODS) watchField(layer, key, `the ${key} ${of}`, watched);
  if (!isModel(layer)) return watchObject(layer, '', of, MAX_DEPTH, watched);
  for (const key of OF_MODELS) {
    watchField(layer, key, `the ${toPlain(key)} ${of}`, watched);
    watchValue((layer as unknown as Fields)[key], toPlain(key), of, MAX_DEPTH, watched);
  }
}

function watchField(object: object, key: PropertyKey, name: string, watched: Watched): void {
  watched.fields.push({ object: object as Fields, key, value: (object as Fields)[key], name });
}

/** Watches what is in a value, if it is a list or an object that configures a layer. */
function watchValue(value: unknown, path: string, of: string, depth: number, watched: Watched): void {
  const { objects, seen } = watched;
  if (typeof value !== 'object' || value === null || depth === 0 || seen.has(value)) return;
  if (Array.isArray(value)) {
    seen.add(value);
    objects.push({ object: value, keys: [], values: [...value], name: () => `the ${path} ${of}` });
    for (const item of value) watchValue(item, path, of, depth - 1, watched);
  } else if (value instanceof LayerVariable) {
    seen.add(value);
    watchField(value, 'trainable_', `the trainable flag of a weight ${of}`, watched);
    watchField(value, 'read', `the read method of a weight ${of}`, watched);
  } else if (isConfiguration(value)) watchObject(value, `${path}.`, of, depth, watched);
}

/** Watches all fields, and the methods of the class. A method of the object's own would be a new field. */
function watchObject(object: object, prefix: string, of: string, depth: number, watched: Watched): void {
  watched.seen.add(object);
  const entries = Object.entries(object);
  const values = entries.map(([key, value]): unknown => (mayChange(key, value) ? ANY : value));
  const name = (key: string): string => `the ${prefix}${toPlain(key)} ${of}`;
  watched.objects.push({ object, keys: entries.map(([key]) => key), values, name });
  const prototype = Object.getPrototypeOf(object) as object;
  if (!watched.seen.has(prototype)) {
    watched.seen.add(prototype);
    for (const key of METHODS) if (key in prototype) watchField(prototype, key, name(key), watched);
  }
  for (const [index, value] of values.entries())
    watchValue(value, `${prefix}${toPlain(entries[index]?.[0] ?? '')}`, of, depth - 1, watched);
}

function mayChange(key: string, value: unknown): boolean {
  return IGNORED.has(key) || OF_BUILDING.test(key) || value instanceof tf.Tensor;
}

/** A regularizer, an activation or a plain object. Not a layer, a node or a symbolic tensor. */
function isConfiguration(value: object): boolean {
  const { apply, call } = value as { apply?: unknown; call?: unknown };
  if (typeof apply === 'function') return typeof call !== 'function';
  return Object.getPrototypeOf(value) === Object.prototype;
}

/** The name as users know it: `stateful` for `_stateful`, `losses` for `_losses`. */
function toPlain(key: string): string {
  return key.replace(/^_|_$/g, '');
}
