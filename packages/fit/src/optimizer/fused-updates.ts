import * as tf from '@tensorflow/tfjs-core';

/**
 * How a kernel named `kernel` of a backend takes the place of an optimizer's ops for one weight. Its inputs are `weight`, `gradient`, the
 * slots by their names here, and `scalars`; its outputs the new weight and the new slots, in new memory and in that order. It rounds as
 * the ops do, so that a run with it equals a run without bit for bit.
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

/** By the method that each stands for: a subclass with a method of its own has none here. */
const UPDATES: readonly (readonly [applyGradients: tf.Optimizer['applyGradients'], update: FusedUpdate])[] = [
  [
    tf.AdamOptimizer.prototype.applyGradients,
    {
      kernel: 'KeepfitAdam',
      slots: { first: ['accumulatedFirstMoment', 'm'], second: ['accumulatedSecondMoment', 'v'] },
      scalars: ['accBeta1', 'accBeta2'],
      attrs: (fields) => picked(fields, ['beta1', 'beta2', 'epsilon', 'learningRate']),
    },
  ],
  [
    tf.RMSPropOptimizer.prototype.applyGradients,
    {
      kernel: 'KeepfitRmsprop',
      slots: { squares: ['accumulatedMeanSquares', 'rms'], moments: ['accumulatedMoments', 'momentum'] },
      scalars: [],
      attrs: (fields) => picked(fields, ['decay', 'momentum', 'epsilon', 'learningRate']),
    },
  ],
  [
    tf.MomentumOptimizer.prototype.applyGradients,
    {
      kernel: 'KeepfitMomentum',
      slots: { accumulation: ['accumulations', 'momentum'] },
      scalars: ['m', 'c'],
      attrs: (fields) => picked(fields, ['useNesterov']),
    },
  ],
  [
    tf.SGDOptimizer.prototype.applyGradients,
    { kernel: 'KeepfitSgd', slots: {}, scalars: ['c'], attrs: () => ({}) },
  ],
];

/** The update that stands for an optimizer's own; undefined for one that computes otherwise than tfjs' classes. */
export function findFusedUpdate(optimizer: tf.Optimizer): FusedUpdate | undefined {
  // Centred RMSProp has a third slot.
  if ((optimizer as unknown as OptimizerFields)['centered'] === true) return undefined;
  return UPDATES.find(([applyGradients]) => applyGradients === optimizer.applyGradients)?.[1];
}

function picked(fields: OptimizerFields, names: readonly string[]): tf.NamedAttrMap {
  return Object.fromEntries(names.map((name) => [name, fields[name]])) as tf.NamedAttrMap;
}
