import * as tf from '@tensorflow/tfjs-core';
import { ByName, gradientsOf, push, zeros } from './own-optimizers.js';

type Gradients = Parameters<tf.Optimizer['applyGradients']>[0];

/** Slots and counts that only their weights lead to. */
export class ByWeakMap extends ByName {
  static override className = 'ByWeakMap';
  slots = new WeakMap<tf.Variable, tf.Variable>();
  counts = new WeakMap<tf.Variable, { steps: number }>();

  override applyGradients(gradients: Gradients): void {
    for (const { weight, gradient } of gradientsOf(gradients)) {
      const slot = this.slots.get(weight) ?? zeros(weight);
      const count = this.counts.get(weight) ?? { steps: 0 };
      count.steps += 1;
      this.slots.set(weight, slot);
      this.counts.set(weight, count);
      push(weight, gradient, slot, this.learningRate / count.steps);
    }
  }
}

/** The last gradients, as L-BFGS keeps them: a list that grows beside items which stay. */
export class ByWindow extends ByName {
  static override className = 'ByWindow';
  window: tf.Tensor[][] = [];

  override applyGradients(gradients: Gradients): void {
    const named = gradientsOf(gradients);
    this.window.push(named.map(({ gradient }) => tf.keep(tf.clone(gradient))));
    if (this.window.length > 3) tf.dispose(this.window.shift()!);
    named.forEach(({ weight }, index) =>
      tf.tidy(() =>
        weight.assign(tf.sub(weight, tf.mul(tf.addN(this.window.map((last) => last[index]!)), 0.02))),
      ),
    );
  }
}

/** Sums of gradients, which an inner optimizer with constants and late slots is given at times. */
export class Accumulating extends ByName {
  static override className = 'Accumulating';
  readonly inner = tf.train.momentum(0.05, 0.9);
  sums: { name: string; tensor: tf.Tensor }[] | null = null;
  steps = 0;

  override applyGradients(gradients: Gradients): void {
    const named = gradientsOf(gradients);
    const { sums } = this;
    this.sums = named.map(({ name, gradient }, index) => ({
      name,
      tensor: tf.tidy(() => tf.keep(tf.add(gradient, sums?.[index]?.tensor ?? 0))),
    }));
    tf.dispose((sums ?? []).map(({ tensor }) => tensor));
    if (++this.steps % 4 > 0) return;
    this.inner.applyGradients(this.sums as Parameters<tf.MomentumOptimizer['applyGradients']>[0]);
    tf.dispose(this.sums.map(({ tensor }) => tensor));
    this.sums = null;
  }
}

/** A text that changes, fields that are not listed, accessors, and two fields with one array. */
export class ByOddFields extends ByName {
  static override className = 'ByOddFields';
  phase = 'warm';
  declare hidden: number;
  declare accessed: number;
  first?: Float32Array;
  second?: Float32Array;

  constructor() {
    super();
    let accessed = 0;
    Object.defineProperty(this, 'hidden', { value: 0, writable: true });
    Object.defineProperty(this, 'accessed', {
      get: () => accessed,
      set: (value: number) => {
        accessed = value;
      },
    });
  }

  override applyGradients(gradients: Gradients): void {
    this.first ??= new Float32Array(2);
    this.second ??= this.first;
    this.first[1]! += 1;
    this.hidden += 1;
    this.accessed += 2;
    if (this.hidden > 2) this.phase = 'hot';
    this.learningRate =
      (this.phase === 'hot' ? 0.05 : 0.2) / (1 + this.hidden + this.accessed + this.second[1]!);
    super.applyGradients(gradients);
  }
}
