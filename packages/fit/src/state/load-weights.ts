import { KeepfitError, type SavedTensor } from '@keepfit/callbacks';
import { escapeLine, printWarning } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { LoadedWeights, LoadWeightsOptions, WeightMismatch } from '../contract/loaded-weights.js';
import type { Model, NamedWeight } from '../contract/model.js';
import { captureTensor } from './capture-tensor.js';
import { createTensor } from './saved-tensor.js';

export interface ApplyOptions extends LoadWeightsOptions {
  /** What the values are from, for messages: `the checkpoint "best" of fsStore("runs")`. */
  readonly source: string;
}

/**
 * Gives the weights of a model saved values by name, in new memory: all of them, or none if one does not fit,
 * or if memory runs out or the backend fails on the way. The values are copied. Synchronous: call it within
 * `replacingWeights`, so that nothing computes with the weights meanwhile.
 *
 * @throws KEEPFIT_CHECKPOINT_MISMATCH when weights do not fit, or with `skipMismatch` none fits. The message lists
 *   each of them.
 */
export function applyWeights(
  { weights }: Model,
  values: ReadonlyMap<string, SavedTensor>,
  { source, skipMismatch = false }: ApplyOptions,
): LoadedWeights {
  const skipped = findMismatches(weights, values);
  const skippedNames = new Set(skipped.map(({ name }) => name));
  const fitting = weights.filter(({ name }) => !skippedNames.has(name));
  if (skipped.length > 0 && (!skipMismatch || fitting.length === 0)) {
    const advice = skipMismatch
      ? 'No weight fits: give another checkpoint'
      : 'Build the model as it was saved, or give { skipMismatch: true } to load the others';
    throw createWeightsError(source, skipped, advice);
  }
  assignAll(fitting, values);
  if (skipped.length > 0)
    printWarning(
      `keepfit: ${source} was loaded without the weights that do not fit the model:${formatMismatches(skipped)}`,
    );
  return { loaded: fitting.map(({ name }) => name), skipped };
}

/** Lists each weight that the values do not fit. */
function findMismatches(
  weights: readonly NamedWeight[],
  values: ReadonlyMap<string, SavedTensor>,
): WeightMismatch[] {
  const inModel = weights.map(({ name, variable }) => ({
    name,
    saved: describe(values.get(name)),
    current: describe(variable),
  }));
  const names = new Set(weights.map(({ name }) => name));
  const others = [...values]
    .filter(([name]) => !names.has(name))
    .map(([name, tensor]) => ({ name, saved: describe(tensor), current: undefined }));
  return [...inModel.filter(({ saved, current }) => saved !== current), ...others];
}

function assignAll(weights: readonly NamedWeight[], values: ReadonlyMap<string, SavedTensor>): void {
  const made: tf.Tensor[] = [];
  const former: tf.Tensor[] = [];
  try {
    for (const { name, variable } of weights) {
      const { dtype, shape, bytes } = values.get(name) as SavedTensor;
      // Copied: on the cpu backend the tensor would keep the whole file in memory, and share it with the caller.
      made.push(createTensor({ dtype, shape, bytes: bytes.slice() }, name));
      former.push(captureTensor(name, variable).tensor);
    }
    for (const [index, { variable }] of weights.entries()) variable.assign(made[index] as tf.Tensor);
  } catch (error) {
    for (const [index, tensor] of former.entries()) weights[index]?.variable.assign(tensor);
    throw error;
  } finally {
    tf.dispose([...made, ...former]);
  }
}

function createWeightsError(
  source: string,
  mismatches: readonly WeightMismatch[],
  advice: string,
): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_CHECKPOINT_MISMATCH',
    `${source} does not fit the model; nothing was changed. Weights that differ:${formatMismatches(mismatches)}\n${advice}`,
  );
}

function formatMismatches(mismatches: readonly WeightMismatch[]): string {
  return mismatches
    .map(
      ({ name, saved = 'nothing', current = 'not in the model' }) =>
        `\n  ${escapeLine(name)}: saved ${saved}, now ${current}`,
    )
    .join('');
}

function describe(tensor: SavedTensor | tf.Tensor | undefined): string | undefined {
  return tensor === undefined ? undefined : `${tensor.dtype} [${tensor.shape.join(', ')}]`;
}
