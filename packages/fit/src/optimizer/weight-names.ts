import type { StateValue } from '@keepfit/callbacks';
import type * as tf from '@tensorflow/tfjs-core';
import type { NamedWeight } from '../contract/model.js';

/**
 * A text as checkpoints keep it: the tfjs name of a weight in it, which counts up with every variable made, is
 * replaced by the model's own name, as in `['m/', 'dense/kernel', '']`.
 */
export type StableText = string | readonly [before: string, weight: string, after: string];

/**
 * The key of a map as checkpoints keep it: a text, a number, or a weight whose variable or id is the key. A
 * key of a list of all weights may be their names or their positions, and a fresh process may number its
 * variables like positions; such a key has both.
 */
export type StableKey =
  | StableText
  | number
  | { readonly variable: string }
  | { readonly id: string }
  | { readonly weight: string; readonly position: number };

/**
 * Translates between the names of weights in this process and the model's own names, which are the same in
 * every process.
 */
export class WeightNames {
  /** The trained weights by name, in the order in which the optimizer is given their gradients. */
  readonly order: readonly string[];
  readonly #byName: ReadonlyMap<string, tf.Variable>;
  readonly #stableNames: ReadonlyMap<string, string>;
  readonly #variables: ReadonlyMap<unknown, string>;
  readonly #ids: ReadonlyMap<number, string>;
  readonly #longestFirst: readonly string[];

  constructor(weights: readonly NamedWeight[], order: readonly string[]) {
    this.order = order;
    this.#byName = new Map(weights.map(({ name, variable }) => [name, variable]));
    this.#stableNames = new Map(weights.map(({ name, variable }) => [variable.name, name]));
    this.#variables = new Map(weights.map(({ name, variable }) => [variable, name]));
    this.#ids = new Map(weights.map(({ name, variable }) => [variable.id, name]));
    this.#longestFirst = [...this.#stableNames.keys()].sort((a, b) => b.length - a.length);
  }

  /** The model's own name of a weight. */
  findWeight(value: unknown): string | undefined {
    return this.#variables.get(value);
  }

  /** The variables of all weights. */
  variables(): tf.Variable[] {
    return [...this.#byName.values()];
  }

  getVariable(weight: string): tf.Variable | undefined {
    return this.#byName.get(weight);
  }

  /** The shape of the weight that is trained at this position. */
  shapeAt(position: number): readonly number[] | undefined {
    return this.#byName.get(this.order[position] ?? '')?.shape;
  }

  toStableText(text: string): StableText {
    for (const name of this.#longestFirst) {
      const at = findName(text, name);
      if (at >= 0)
        return [text.slice(0, at), this.#stableNames.get(name) ?? name, text.slice(at + name.length)];
    }
    return text;
  }

  toText(text: StableText): string {
    if (typeof text === 'string') return text;
    const [before, weight, after] = text;
    return `${before}${this.#nameOf(weight)}${after}`;
  }

  /** The keys of one record or map, in their order; undefined for a key that no other process has. */
  toStableKeys(keys: readonly unknown[]): (StableKey | undefined)[] {
    const ids = keys.map((key) => this.#ids.get(Number(key)));
    // Lists begin at 0 and at 1, and the ids of variables have gaps: keys that all are ids are not positions.
    if (keys.length > 0 && !keys.some((key) => this.#stableNames.has(String(key))) && ids.every(isDefined))
      return ids.map((id) => ({ id }));
    const numbered = keys.filter(isPosition);
    const areNames = numbered.every((key) => this.#stableNames.has(key));
    const arePositions = numbered.every((key) => Number(key) < numbered.length);
    return keys.map((key) => {
      const variable = this.#variables.get(key);
      if (variable !== undefined) return { variable };
      if (typeof key === 'number') return key;
      if (typeof key !== 'string') return undefined;
      if (!isPosition(key)) return this.toStableText(key);
      if (!areNames) return key;
      const weight = this.#stableNames.get(key) ?? key;
      return arePositions ? { weight, position: Number(key) } : ['', weight, ''];
    });
  }

  /** The key, or the keys, in this process. Those of a record are texts. */
  toKeys(key: StableKey): unknown[] {
    if (typeof key === 'number') return [key];
    if (typeof key === 'string' || Array.isArray(key)) return [this.toText(key as StableText)];
    if ('variable' in key) return [this.#byName.get(key.variable)];
    if ('id' in key) return [this.#byName.get(key.id)?.id];
    if ('position' in key) return [...new Set([this.#nameOf(key.weight), String(key.position)])];
    return [];
  }

  #nameOf(weight: string): string {
    return this.#byName.get(weight)?.name ?? weight;
  }
}

/** A key in words, for the names of tensors in checkpoints. */
export function describeKey(key: StableKey): string {
  if (typeof key === 'string' || typeof key === 'number') return String(key);
  if (Array.isArray(key)) return key.join('');
  if ('variable' in key) return key.variable;
  return 'id' in key ? key.id : (key as { weight: string }).weight;
}

/** Whether a value, which was read from a checkpoint, is a text. */
export function isStableText(value: StateValue | undefined): value is StableText {
  return (
    typeof value === 'string' ||
    (Array.isArray(value) && value.length === 3 && value.every((part) => typeof part === 'string'))
  );
}

/** Whether a value, which was read from a checkpoint, is a key. */
export function isStableKey(value: StateValue | undefined): value is StableKey & StateValue {
  if (typeof value === 'number' || isStableText(value)) return true;
  if (typeof value !== 'object' || value === null) return false;
  const { variable, id, weight, position } = value as Record<string, unknown>;
  return [variable, id, weight].filter((name) => typeof name === 'string').length === 1 &&
    typeof weight === 'string'
    ? Number.isSafeInteger(position)
    : typeof variable === 'string' || typeof id === 'string';
}

/**
 * Finds the position of a weight's whole name in a text; -1 if the text does not contain it. tfjs names a
 * variable without a name by a number alone. Such a name must be all of the text, or set off by a slash,
 * because `beta_1` names no weight.
 */
function findName(text: string, name: string): number {
  if (text === name) return 0;
  const boundary = /^\d+$/.test(name) ? /[^/]/ : /[A-Za-z0-9]/;
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const [before, after] = [text.charAt(at - 1), text.charAt(at + name.length)];
    if (!boundary.test(before) && !boundary.test(after)) return at;
  }
  return -1;
}

/** Whether a key may be a position, or the name that tfjs gives a variable without a name. */
function isPosition(key: unknown): key is string {
  return typeof key === 'string' && /^(0|[1-9]\d*)$/.test(key);
}

function isDefined<T>(value: T | undefined): value is T {
  return value !== undefined;
}
