import { KeepfitError } from '@keepfit/callbacks';
import type * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../contract/model.js';

/** The functions that run on a weight now, or the one that replaces its values. */
interface Use {
  readonly readers: string[];
  writer?: string;
}

/** By variable, because two models, or two trainers, may share weights. */
const uses = new WeakMap<tf.Variable, Use>();

/**
 * Notes that a function computes with the weights of a model, and returns what ends it. Several may do so at once.
 *
 * @throws KEEPFIT_INVALID_STATE when the weights are being replaced, or one is disposed.
 */
export function useModel(model: Model, caller: string): () => void {
  checkAlive(model, caller);
  const used = findUses(model);
  const writer = used.find((use) => use.writer !== undefined)?.writer;
  if (writer !== undefined)
    throw new KeepfitError(
      'KEEPFIT_INVALID_STATE',
      `${caller} was called while ${writer} of this model runs; await that one first`,
    );
  for (const { readers } of used) readers.push(caller);
  return () => {
    for (const { readers } of used) readers.splice(readers.indexOf(caller), 1);
  };
}

/** Runs what computes with the weights of a model: see `useModel`. */
export async function withModel<Result>(
  model: Model,
  caller: string,
  compute: () => Promise<Result>,
): Promise<Result> {
  const release = useModel(model, caller);
  try {
    return await compute();
  } finally {
    release();
  }
}

/**
 * Checks that nothing computes with the weights of a model.
 *
 * @throws KEEPFIT_FIT_RUNNING when a fit of the model runs.
 * @throws KEEPFIT_INVALID_STATE when anything else computes with its weights, or replaces them, or one is disposed.
 */
export function checkUnused(model: Model, caller: string): void {
  checkAlive(model, caller);
  const running = findUses(model).flatMap(({ readers, writer }) =>
    writer === undefined ? readers : [...readers, writer],
  );
  if (running.includes('fit'))
    throw new KeepfitError(
      'KEEPFIT_FIT_RUNNING',
      `${caller} was called while a fit of this model runs; await that one first. A hook can give its model other weights with setWeights`,
    );
  if (running[0] !== undefined)
    throw new KeepfitError(
      'KEEPFIT_INVALID_STATE',
      `${caller} was called while ${running[0]} of this model runs; await that one first`,
    );
}

/**
 * Runs what replaces the weights of a model: nothing may compute with them meanwhile, since its result would mix two
 * models.
 *
 * @throws as `checkUnused`
 */
export async function replacingWeights<Result>(
  model: Model,
  caller: string,
  replace: () => Result | Promise<Result>,
): Promise<Result> {
  checkUnused(model, caller);
  const used = findUses(model);
  for (const use of used) use.writer = caller;
  try {
    return await replace();
  } finally {
    for (const use of used) delete use.writer;
  }
}

/** @throws KEEPFIT_INVALID_STATE when a weight of the model is disposed. */
export function checkAlive({ weights }: Model, caller: string): void {
  const disposed = weights.find(({ variable }) => variable.isDisposed);
  if (disposed !== undefined)
    throw new KeepfitError(
      'KEEPFIT_INVALID_STATE',
      `${caller} was given a model whose weight ${JSON.stringify(disposed.name)} is disposed, as model.dispose() does; create the model again`,
    );
}

function findUses({ weights }: Model): Use[] {
  return weights.map(({ variable }) => {
    const use = uses.get(variable) ?? { readers: [] };
    uses.set(variable, use);
    return use;
  });
}
