import * as tf from '@tensorflow/tfjs-core';

/**
 * How a backend's kernel named `kernel` replaces an optimizer's ops for one weight. Its inputs are `weight`,
 * `gradient`, the slots by their names here, and `scalars`; its outputs the new weight and the new slots, in
 * new memory and in that order. It rounds as the ops do, so that a run with it equals a run without bit for
 * bit.
 */
export interface FusedUpdate {
  readonly kernel: string;
  /** By the name of the input: the optimizer's field of slots, and what tfjs adds to the weight's name. */
  readonly slots: Readonly<Record<string, readonly [field: string, suffix: string]>>;
  /** Tensors of one number that the optimizer keeps. */
  readonly scalars: readonly string[];
  attrs(fields: OptimizerFields): tf.NamedAttrMap;
}

/** The fields of tfjs' optimizers that an update reads. They are private to TypeScript. */
type OptimizerFields = Readonly<Record<string, unknown>>;

/** The updates by the method that each replaces. A subclass with its own method has none here. */
const UPDATES: readonly (readonly [applyGradients: tf.Optimizer['applyGradients'], update: FusedUpdate])[] = [
  [
    tf.AdamOptimizer.prototype.applyGradients,
    {
      kernel: 'KeepfitAdam',
      slots: { first: ['accumulatedFirstMoment', 'm'], second: ['accumulatedSecondMoment', 'v'] },
      scalars: ['accBeta1', 'accBeta2'],
      attrs: (fields) => pickFields(fields, ['beta1', 'beta2', 'epsilon', 'learningRate']),
    },
  ],
  [
    tf.RMSPropOptimizer.prototype.applyGradients,
    {
      kernel: 'KeepfitRmsprop',
      slots: { squares: ['accumulatedMeanSquares', 'rms'], moments: ['accumulatedMoments', 'momentum'] },
      scalars: [],
      attrs: (fields) => pickFields(fields, ['decay', 'momentum', 'epsilon', 'learningRate']),
    },
  ],
  [
    tf.MomentumOptimizer.prototype.applyGradients,
    {
      kernel: 'KeepfitMomentum',
      slots: { accumulation: ['accumulations', 'momentum'] },
      scalars: ['m', 'c'],
      attrs: (fields) => pickFields(fields, ['useNesterov']),
    },
  ],
  [
    tf.SGDOptimizer.prototype.applyGradients,
    { kernel: 'KeepfitSgd', slots: {}, scalars: ['c'], attrs: () => ({}) },
  ],
];

/**
 * The update that replaces an optimizer's own; undefined for an optimizer that computes differently from
 * tfjs' classes.
 */
export function findFusedUpdate(optimizer: tf.Optimizer): FusedUpdate | undefined {
  const fields = optimizer as unknown as OptimizerFields;
  // Centred RMSProp has a third slot.
  if (fields['centered'] === true) return undefined;
  const update = UPDATES.find(([applyGradients]) => applyGradients === optimizer.applyGradients)?.[1];
  return update !== undefined && isAsTfjsMakesIt(optimizer, update) ? update : undefined;
}

/**
 * Whether every field that the update reads is a plain one of the kind that tfjs gives it. A subclass may
 * compute its learning rate in a getter, at each reading, or keep it as a tensor.
 */
function isAsTfjsMakesIt(optimizer: tf.Optimizer, update: FusedUpdate): boolean {
  const read = (name: string): unknown => Object.getOwnPropertyDescriptor(optimizer, name)?.value;
  return (
    update.scalars.every((name) => read(name) instanceof tf.Tensor) &&
    Object.values(update.slots).every(([field]) => Array.isArray(read(field))) &&
    Object.keys(update.attrs({})).every((name) => ['number', 'boolean'].includes(typeof read(name)))
  );
}

function pickFields(fields: OptimizerFields, names: readonly string[]): tf.NamedAttrMap {
  return Object.fromEntries(names.map((name) => [name, fields[name]])) as tf.NamedAttrMap;
}
