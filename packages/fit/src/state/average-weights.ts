import type { Capture, CaptureEntry } from '@keepfit/callbacks';
import { add, dispose, mul, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { NamedWeight } from '../contract/model.js';
import { captureTensor, type HeldTensor } from './capture-tensor.js';
import { captureOf, captureWeights } from './capture-training.js';
import { fittingEntry } from './fitting-entry.js';
import { fromSaved } from './saved-tensor.js';

/**
 * Moves a running average of the weights on by one step, on the device; see `TrainerView.averageWeights`. An average that was read from
 * a checkpoint comes from the host, once: the result is held on the device. @throws KEEPFIT_INVALID_STATE where it does not fit.
 */
export async function averageWeights(
  weights: readonly NamedWeight[],
  average: Capture | undefined,
  momentum: number,
): Promise<Capture> {
  if (average === undefined) return captureOf(captureWeights(weights));
  const entries = new Map(average.entries.map((entry) => [entry.name, entry]));
  const read: Tensor[] = [];
  try {
    const before = new Map<NamedWeight, Tensor>();
    for (const weight of weights.filter(isAveraged))
      before.set(weight, await tensorOf(fittingEntry(entries, weight), read));
    return captureOf(allMoved(weights, before, momentum));
  } finally {
    dispose(read);
  }
}

function isAveraged({ trainable, variable }: NamedWeight): boolean {
  return trainable && variable.dtype === 'float32';
}

/** A tensor with the values of an entry: the one that it holds, or one that is made and added to `made`. */
async function tensorOf(entry: CaptureEntry, made: Tensor[]): Promise<Tensor> {
  const { tensor } = entry as Partial<HeldTensor>;
  if (tensor !== undefined) return tensor;
  const restored = fromSaved(
    { dtype: entry.dtype, shape: entry.shape, bytes: (await entry.read()).slice() },
    entry.name,
  );
  made.push(restored);
  return restored;
}

/** All, or none: memory may run out on the way. */
function allMoved(
  weights: readonly NamedWeight[],
  before: ReadonlyMap<NamedWeight, Tensor>,
  momentum: number,
): HeldTensor[] {
  const held: HeldTensor[] = [];
  try {
    for (const weight of weights) held.push(moved(weight, before.get(weight), momentum));
    return held;
  } catch (error) {
    for (const { tensor } of held) tensor.dispose();
    throw error;
  }
}

function moved({ name, variable }: NamedWeight, before: Tensor | undefined, momentum: number): HeldTensor {
  const key = `weights/${name}`;
  if (before === undefined) return captureTensor(key, variable);
  const average = tidy(() => add(mul(before, momentum), mul(variable, 1 - momentum)));
  const held = captureTensor(key, average);
  average.dispose();
  return held;
}
