import { KeepfitError } from '@keepfit/callbacks';
import { formatValue, suggestName } from '@keepfit/callbacks/internal';
import type * as tf from '@tensorflow/tfjs-core';
import type { NamedWeight } from '../contract/model.js';

/** Something that has weights, such as a layer or a model of tfjs-layers, or a model of keepfit. */
interface HasWeights {
  readonly weights: readonly unknown[];
}

/**
 * Chooses weights of a model: by the beginning of their names up to a slash (`generator`, `encoder/dense`), by a
 * function, or by what has them: a layer, a model, a list of weights or variables. A list chooses what any of its
 * items chooses.
 */
export type WeightSelection =
  | string
  | ((weight: NamedWeight) => boolean)
  | HasWeights
  | tf.Variable
  | readonly WeightSelection[];

/** An optimizer of a step of the user's own, alone or with the weights that it trains. */
export type NamedOptimizerOption<Optimizer> =
  | Optimizer
  | { readonly optimizer: Optimizer; readonly weights?: WeightSelection };

/**
 * Turns a selection of a model's weights into a function that tells whether it chooses a weight.
 *
 * @throws KEEPFIT_INVALID_OPTION when a part of the selection matches no weight of the model.
 */
export function selectWeights(
  what: string,
  selection: WeightSelection | undefined,
  weights: readonly NamedWeight[],
): (weight: NamedWeight) => boolean {
  if (selection === undefined) return () => true;
  const chosen = new Set(listNames(what, selection, weights));
  return ({ name }) => chosen.has(name);
}

function listNames(what: string, selection: WeightSelection, weights: readonly NamedWeight[]): string[] {
  if (Array.isArray(selection) && selection.length > 0)
    return (selection as readonly WeightSelection[]).flatMap((item) => listNames(what, item, weights));
  const names = weights.filter(createFilter(what, selection)).map(({ name }) => name);
  if (names.length > 0) return names;
  const known = weights.map(({ name }) => name);
  const hint =
    typeof selection === 'string'
      ? suggestName(selection, [...new Set(known.flatMap((name) => [name.split('/')[0] ?? name, name]))])
      : '';
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `weights of ${what} match no weight of the model: ${formatValue(selection)}${hint}; the model has ${known.join(', ')}`,
  );
}

function createFilter(what: string, selection: WeightSelection): (weight: NamedWeight) => boolean {
  if (typeof selection === 'string')
    return ({ name }) => name === selection || name.startsWith(selection.replace(/\/?$/, '/'));
  if (typeof selection === 'function') return (weight) => selection(weight) === true;
  const variables = findVariables(selection);
  if (variables !== undefined) return ({ variable }) => variables.has(variable);
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `weights of ${what} must be the beginning of names, a function, a layer, a model, or a list of these, not ${formatValue(selection)}`,
  );
}

/** The variables of a layer, a model or a weight; undefined if it has none. */
function findVariables(item: unknown): Set<unknown> | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const { weights, variable, val, assign } = item as Record<string, unknown>;
  if (typeof assign === 'function') return new Set([item]);
  if (Array.isArray(weights)) return new Set(weights.flatMap((weight) => [...(findVariables(weight) ?? [])]));
  // A weight of keepfit, and one of tfjs-layers.
  return findVariables(variable) ?? findVariables(val);
}
