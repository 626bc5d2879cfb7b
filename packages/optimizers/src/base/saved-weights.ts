import { KeepfitError } from '@keepfit/callbacks';
import { formatValue, refuseOption } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';

/** The state of an optimizer: numbers, and slots under names such as `momentum/dense_Dense1/kernel`. */
export type State = Record<string, tf.Tensor | number>;
export type NamedTensors = Awaited<ReturnType<tf.Optimizer['getWeights']>>;

/**
 * The state as tensors, which stay the optimizer's. `iter` counts steps. The learning rate is in `getConfig`.
 *
 * @param variables those of the numbers, which are made if they are not there
 */
export function listWeights(state: State, variables: Record<string, tf.Variable>): NamedTensors {
  const { iterations, learningRate: _, ...others } = state;
  return Object.entries({ iter: iterations as number, ...others }).map(([name, value]) => ({
    name,
    tensor: typeof value === 'number' ? toVariable(variables, name, value) : value,
  }));
}

function toVariable(variables: Record<string, tf.Variable>, name: string, value: number): tf.Variable {
  return tf.tidy(() => {
    const scalar = tf.scalar(value, name === 'iter' ? 'int32' : 'float32');
    const variable = (variables[name] ??= tf.variable(scalar, false));
    variable.assign(scalar);
    return variable;
  });
}

/**
 * What `listWeights` listed, also in another process: the numbers, and the slots.
 *
 * @throws KEEPFIT_INVALID_OPTION when it is no array of named tensors.
 */
export async function readWeights(
  values: NamedTensors,
): Promise<readonly [numbers: Record<string, number>, slots: Record<string, tf.Tensor>]> {
  const numbers: Record<string, number> = {};
  const slots: Record<string, tf.Tensor> = {};
  const isNamed = (value: Partial<NamedTensors[number]> | null) =>
    typeof value?.name === 'string' && value.tensor instanceof tf.Tensor;
  if (!Array.isArray(values) || !values.every(isNamed))
    refuseOption(`setWeights needs an array of { name, tensor }, not ${formatValue(values)}`);
  for (const { name, tensor } of values)
    if (name.includes('/')) slots[name] = tensor;
    else numbers[name === 'iter' ? 'iterations' : name] = (await tensor.data())[0] as number;
  return [numbers, slots];
}

/**
 * Renames saved slots after the weights of this process. tfjs counts the names of variables, so that a weight
 * may have another counter here; among weights that differ by their counters only, the order decides.
 *
 * @param getStem the name of a weight without its counters
 * @throws KEEPFIT_CHECKPOINT_MISMATCH when there are not as many weights of each name as were saved. No slots fit
 * any weights.
 */
export function renameSlots<T>(
  saved: Readonly<Record<string, T>>,
  weights: readonly tf.Variable[],
  getStem: (name: string) => string,
): Record<string, T> {
  const keys = Object.keys(saved);
  if (keys.length === 0) return {};
  const before = groupBy([...new Set(keys.map((key) => key.slice(key.indexOf('/') + 1)))], getStem);
  const names = weights.map(({ name }) => name);
  const now = groupBy(names, getStem);
  const renamed = new Map<string, string>();
  const faults = [...new Set([...before.keys(), ...now.keys()])].flatMap((stem) => {
    const [oldNames, newNames] = [before.get(stem) ?? [], now.get(stem) ?? []];
    oldNames.forEach((name, index) => renamed.set(name, newNames[index] ?? name));
    return oldNames.length === newNames.length
      ? []
      : [`it has ${oldNames.length} of the weights "${stem}", and ${newNames.length} are trained`];
  });
  if (faults.length > 0)
    throw new KeepfitError(
      'KEEPFIT_CHECKPOINT_MISMATCH',
      `the saved state does not fit the weights: ${faults.join('; ')}; train the weights with which it was saved`,
    );
  return Object.fromEntries(
    Object.entries(saved).map(([key, value]) => {
      const slash = key.indexOf('/') + 1;
      return [key.slice(0, slash) + (renamed.get(key.slice(slash)) ?? ''), value];
    }),
  );
}

function groupBy(names: readonly string[], getKey: (name: string) => string): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const key = getKey(name);
    groups.set(key, [...(groups.get(key) ?? []), name]);
  }
  return groups;
}
