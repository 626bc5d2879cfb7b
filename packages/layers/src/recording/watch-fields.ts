import * as tf from '@tensorflow/tfjs-core';
import { LayerVariable, type LayersModel } from '@tensorflow/tfjs-layers';
import { ACTIVITY_REGULARIZER } from '../activity-regularizer.js';
import { findRegularizer } from './weight-losses.js';

type Layer = LayersModel['layers'][number];
type Fields = Readonly<Record<PropertyKey, unknown>>;

/** A field, or a method of its class, and what it was. */
interface Watch {
  readonly object: Fields;
  readonly key: PropertyKey;
  readonly value: unknown;
  readonly describe: () => string;
}

/** An object, and how many fields it had. */
interface Watched {
  readonly object: object;
  readonly keys: ReadonlySet<string>;
  readonly describe: (key: string) => string;
}

/** What a model computes with. Its other fields serve tfjs' compile, fit and evaluate. */
const OF_MODELS = ['layers', 'inputs', 'outputs', '_losses', '_callHook', 'activityRegularizer'];
const METHODS = ['call', 'apply', 'computeMask'];
/** What a step or the use of a layer in another model changes, and what only matters before a layer is built. */
const IGNORED = new Set([
  ...[
    'id',
    'name',
    'trainable_',
    'inboundNodes',
    'outboundNodes',
    '_refCount',
    '_updates',
    '_addedWeightNames',
  ],
  ...['inputSpec', 'stateSpec', 'batchInputShape', 'initialWeights', 'fastWeightInitDuringBuild'],
  ...['states_', 'keptStates', 'dropoutMask', 'recurrentDropoutMask'],
]);
const OF_BUILDING = /(Initializer|Constraint)$|^DEFAULT_/;
/** Lists in lists, such as the padding of images, are not deeper. */
const MAX_DEPTH = 3;

/**
 * Notes the configuration of layers: numbers, flags, functions, lists and the objects in fields. Returns a function
 * that says what has changed since, such as `the rate of the layer "dropout"`; undefined for nothing.
 */
export function watchFields(layers: Iterable<Layer>): () => string | undefined {
  const watches: Watch[] = [];
  const watched: Watched[] = [];
  const seen = new Set<unknown>();
  for (const layer of layers) watchLayer(layer, seen, watches, watched);
  return () => {
    for (const { object, key, value, describe } of watches)
      if (!Object.is(object[key], value)) return describe();
    for (const { object, keys, describe } of watched) {
      const now = Object.keys(object);
      if (now.length === keys.size) continue;
      return describe(now.find((key) => !keys.has(key)) ?? 'fields');
    }
    return undefined;
  };
}

/** Watches the fields of one layer. `seen` holds the prototypes and the objects that are watched already. */
function watchLayer(layer: Layer, seen: Set<unknown>, watches: Watch[], watched: Watched[]): void {
  const isModel = Array.isArray((layer as Layer & { layers?: unknown }).layers);
  const of = `of the ${isModel ? 'model' : 'layer'} "${layer.name}"`;

  const watchField = (object: object, key: PropertyKey, path: string, depth: number): void => {
    const value = (object as Fields)[key];
    if (value instanceof tf.Tensor) return;
    watches.push({ object: object as Fields, key, value, describe: () => `the ${path} ${of}` });
    watchContents(value, path, depth);
  };
  const watchMethods = (object: object, path: string): void => {
    for (const key of METHODS) if (key in object) watchField(object, key, `${path}${key}`, 0);
  };
  /** Watches for new fields, and the methods that the object inherits and a new field would hide. */
  const watchKeys = (object: object, path: string): void => {
    const describe = (key: string): string => `the ${path}${toPlain(key)} ${of}`;
    watched.push({ object, keys: new Set(Object.keys(object)), describe });
    const prototype = Object.getPrototypeOf(object) as object;
    if (seen.has(prototype)) return;
    seen.add(prototype);
    watchMethods(prototype, path);
  };
  const watchContents = (value: unknown, path: string, depth: number): void => {
    if (typeof value !== 'object' || value === null || depth === 0 || seen.has(value)) return;
    seen.add(value);
    if (Array.isArray(value)) {
      for (const key of [...value.keys(), 'length']) watchField(value, key, path, depth - 1);
    } else if (value instanceof LayerVariable) {
      watchField(value, 'trainable_', 'trainable flag of a weight', 0);
      watchField(value, 'read', 'read method of a weight', 0);
    } else if (isConfiguration(value)) {
      watchKeys(value, `${path}.`);
      for (const key of Object.keys(value)) watchField(value, key, `${path}.${key}`, depth - 1);
    }
  };

  // First, because it also changes the flags of weights.
  watchField(layer, 'trainable_', 'trainable flag', 0);
  watchField(layer, ACTIVITY_REGULARIZER, 'activity regularizer', MAX_DEPTH);
  const { _losses: losses = [] } = layer as Layer & { readonly _losses?: readonly unknown[] };
  for (const loss of losses) watchContents(findRegularizer(loss), 'regularizer', MAX_DEPTH);
  // tfjs' compile and fit give a model new fields.
  if (isModel) watchMethods(layer, '');
  else watchKeys(layer, '');
  for (const key of isModel ? OF_MODELS : Object.keys(layer))
    if (!IGNORED.has(key) && !OF_BUILDING.test(key)) watchField(layer, key, toPlain(key), MAX_DEPTH);
}

/** A regularizer, an activation or a plain object. Not a layer, a node or a symbolic tensor. */
function isConfiguration(value: object): boolean {
  const { apply, call } = value as { apply?: unknown; call?: unknown };
  if (typeof apply === 'function') return typeof call !== 'function';
  return Object.getPrototypeOf(value) === Object.prototype;
}

/** The name as users know it: `trainable` for `trainable_`, `losses` for `_losses`. */
function toPlain(key: string): string {
  return key.replace(/^_|_$/g, '');
}
