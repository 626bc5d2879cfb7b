import { FINITE, FROM_0, type OptionRule, PATTERNS } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import { Optimizer, type Slots, type UpdateStep } from '../base/optimizer.js';
import type { OptimizerOptions } from '../base/options.js';
import { runUpdate } from '../update/run-update.js';
import type { UpdateOps } from '../update/update-ops.js';
import { correctRate, updateMoments } from './moments.js';

export interface MuonSettings {
  /**
   * `beta1` of Adam.
   *
   * @default 0.9
   */
  readonly adamBeta1: number;
  /**
   * `beta2` of Adam.
   *
   * @default 0.999
   */
  readonly adamBeta2: number;
  /**
   * `weightDecay` of the weights that Adam updates.
   *
   * @default 0.004
   */
  readonly adamWeightDecay: number;
  /**
   * `epsilon` of Adam.
   *
   * @default 1e-7
   */
  readonly epsilon: number;
  /**
   * Regular expressions. Adam updates a weight whose name contains a match.
   *
   * @default none
   */
  readonly excludeLayers: readonly string[];
  /**
   * Whether Adam updates weights that have "embedding" in their names.
   *
   * @default true
   */
  readonly excludeEmbeddings: boolean;
  /**
   * The first coefficient of the Newton-Schulz iteration.
   *
   * @default 3.4445
   */
  readonly muonA: number;
  /**
   * Its second coefficient.
   *
   * @default -4.775
   */
  readonly muonB: number;
  /**
   * Its third coefficient.
   *
   * @default 2.0315
   */
  readonly muonC: number;
  /**
   * Adam's learning rate as a share of Muon's.
   *
   * @default 1
   */
  readonly adamLrRatio: number;
  /**
   * The decay of the momentum.
   *
   * @default 0.95
   */
  readonly momentum: number;
  /**
   * How many Newton-Schulz iterations an update has.
   *
   * @default 5
   */
  readonly nsSteps: number;
  /**
   * Whether momentum looks ahead, as Nesterov's does.
   *
   * @default true
   */
  readonly nesterov: boolean;
  /**
   * Scales a change, together with the root of the longer side of the matrix. null: changes are not scaled.
   *
   * @default 0.2
   */
  readonly rmsRate: number | null;
}

export type MuonOptions = OptimizerOptions & Partial<MuonSettings>;

const DEFAULTS: MuonSettings & OptimizerOptions = {
  adamBeta1: 0.9,
  adamBeta2: 0.999,
  adamWeightDecay: 0.004,
  epsilon: 1e-7,
  weightDecay: 0.004,
  excludeLayers: [],
  excludeEmbeddings: true,
  muonA: 3.4445,
  muonB: -4.775,
  muonC: 2.0315,
  adamLrRatio: 1,
  momentum: 0.95,
  nsSteps: 5,
  nesterov: true,
  rmsRate: 0.2,
};

const RULES: Readonly<Record<string, OptionRule>> = {
  muonA: FINITE,
  muonB: FINITE,
  muonC: FINITE,
  excludeLayers: PATTERNS,
  nsSteps: [(value) => FROM_0[0](value) && Number.isInteger(value), 'an integer of at least 0'],
  rmsRate: [(value) => value === null || FROM_0[0](value), 'a finite number of at least 0, or null'],
};

/** Muon: see `muon`. */
export class Muon extends Optimizer<MuonSettings> {
  static className = 'Muon';

  constructor(options: MuonOptions = {}) {
    super(options, DEFAULTS, RULES);
  }

  protected override createSlots(weight: tf.Variable): Record<string, tf.Tensor> {
    const zeros = tf.zerosLike(weight);
    return this.#usesAdam(weight) ? { momentum: zeros, velocity: zeros } : { momentum: zeros };
  }

  #usesAdam(weight: tf.Variable): boolean {
    const { excludeEmbeddings, excludeLayers } = this.settings;
    if (weight.rank !== 2 || this.matches(excludeLayers, weight)) return true;
    return excludeEmbeddings && this.nameOf(weight).toLowerCase().includes('embedding');
  }

  protected override getWeightDecay(weight: tf.Variable): number | undefined {
    const decay = super.getWeightDecay(weight);
    return decay !== undefined && this.#usesAdam(weight) ? this.settings.adamWeightDecay : decay;
  }

  protected override listPatterns(): readonly string[] {
    return [...super.listPatterns(), ...this.settings.excludeLayers];
  }

  protected override update(
    _ops: UpdateOps<tf.Tensor>,
    weight: tf.Tensor,
    gradient: tf.Tensor,
    slots: Slots<tf.Tensor, 'momentum' | 'velocity'>,
    step: UpdateStep,
  ): Record<string, tf.Tensor> {
    if (slots.velocity !== undefined) return this.#adam(weight, gradient, slots, step);
    const { momentum: share, nesterov, rmsRate } = this.settings;
    const momentum = tf.add(slots.momentum, tf.add(gradient, tf.mul(slots.momentum, share - 1)));
    const ahead = nesterov ? tf.add(gradient, tf.mul(momentum, share)) : momentum;
    const change = tf.mul(this.#orthogonalize(ahead as tf.Tensor2D), step.rate);
    const longer = Math.fround(Math.sqrt(Math.max(...weight.shape)));
    const scaled = rmsRate === null ? change : tf.mul(tf.mul(change, longer), rmsRate);
    return { weight: tf.sub(weight, scaled), momentum };
  }

  #adam(
    weight: tf.Tensor,
    gradient: tf.Tensor,
    slots: Slots<tf.Tensor, 'momentum' | 'velocity'>,
    { rate, count }: UpdateStep,
  ): Record<string, tf.Tensor> {
    const { adamBeta1: beta1, adamBeta2: beta2, epsilon, adamLrRatio } = this.settings;
    const alpha = correctRate(Math.fround(rate * adamLrRatio), beta1, beta2, count);
    const inputs = [weight, gradient, slots.momentum, slots.velocity];
    const [next, momentum, velocity] = runUpdate(inputs, <V>(ops: UpdateOps<V>, values: readonly V[]) => {
      const [w, g, oldMomentum, oldVelocity] = values as readonly [V, V, V, V];
      const [m, v] = updateMoments(ops, { momentum: oldMomentum, velocity: oldVelocity }, g, beta1, beta2);
      return [ops.sub(w, ops.div(ops.mul(m, alpha), ops.add(ops.sqrt(v), epsilon))), m, v];
    }) as readonly [tf.Tensor, tf.Tensor, tf.Tensor];
    return { weight: next, momentum, velocity };
  }

  /** The nearest orthogonal matrix, roughly: some steps of a Newton-Schulz iteration. */
  #orthogonalize(matrix: tf.Tensor2D): tf.Tensor2D {
    const { muonA, muonB, muonC, nsSteps } = this.settings;
    const [height, width] = matrix.shape;
    const wide = height > width ? tf.transpose(matrix) : matrix;
    let x = tf.div(wide, tf.add(tf.norm(wide), 1e-7)) as tf.Tensor2D;
    for (let step = 0; step < nsSteps; step++) {
      const a = tf.matMul(x, x, false, true);
      const b = tf.add(tf.mul(a, muonB), tf.matMul(tf.mul(a, muonC) as tf.Tensor2D, a)) as tf.Tensor2D;
      x = tf.add(tf.mul(x, muonA), tf.matMul(b, x));
    }
    return height > width ? tf.transpose(x) : x;
  }
}

/**
 * Creates Muon (Jordan et al., https://kellerjordan.github.io/posts/muon) with Keras' numbers. It changes matrices by
 * orthogonal ones, and lets Adam update all other weights: those that are no matrices, embeddings, and the
 * layers in `excludeLayers`. Exclude the last layer of a classifier too.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 */
export function muon(options?: MuonOptions): Muon {
  return new Muon(options);
}
