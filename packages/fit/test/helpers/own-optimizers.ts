import * as tf from '@tensorflow/tfjs-core';

type Gradients = Parameters<tf.Optimizer['applyGradients']>[0];

/** The weights and their gradients, by the names that tfjs gives the weights in this process. */
export function gradientsOf(
  gradients: Gradients,
): { name: string; weight: tf.Variable; gradient: tf.Tensor }[] {
  const named = Array.isArray(gradients)
    ? gradients
    : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
  return named.flatMap(({ name, tensor }) => {
    const weight = tf.engine().registeredVariables[name];
    return weight === undefined || tensor === undefined ? [] : [{ name, weight, gradient: tensor }];
  });
}

export function zeros(weight: tf.Variable): tf.Variable {
  return tf.tidy(() => tf.variable(tf.zerosLike(weight), false));
}

/** Momentum: the update that all optimizers here share, whatever holds their slots. */
export function push(weight: tf.Variable, gradient: tf.Tensor, slot: tf.Variable, rate = 0.05): void {
  tf.tidy(() => {
    slot.assign(tf.add(tf.mul(slot, 0.8), gradient));
    weight.assign(tf.sub(weight, tf.mul(slot, rate)));
  });
}

abstract class Own extends tf.Optimizer {
  learningRate = 0.05;

  getConfig(): tf.serialization.ConfigDict {
    return {};
  }
}

/** Slots that are made at the first step, under the names of tfjs. */
export class ByName extends Own {
  static className = 'ByName';
  m: Record<string, tf.Variable> = {};

  applyGradients(gradients: Gradients): void {
    for (const { name, weight, gradient } of gradientsOf(gradients))
      push(weight, gradient, (this.m[name] ??= zeros(weight)), this.learningRate);
  }
}

/** The field itself is made at the first step. */
export class ByLazyMap extends Own {
  static className = 'ByLazyMap';
  slots?: Map<string, { m: tf.Variable; count: number; warm: boolean }>;

  applyGradients(gradients: Gradients): void {
    this.slots ??= new Map();
    for (const { name, weight, gradient } of gradientsOf(gradients)) {
      if (!this.slots.has(name)) this.slots.set(name, { m: zeros(weight), count: 0, warm: false });
      const slot = this.slots.get(name)!;
      slot.count += 1;
      push(weight, gradient, slot.m, slot.warm ? this.learningRate / slot.count : 0.01);
      slot.warm = slot.count > 2;
    }
  }
}

export class ByVariable extends Own {
  static className = 'ByVariable';
  m = new Map<tf.Variable, tf.Variable>();

  applyGradients(gradients: Gradients): void {
    for (const { weight, gradient } of gradientsOf(gradients)) {
      if (!this.m.has(weight)) this.m.set(weight, zeros(weight));
      push(weight, gradient, this.m.get(weight)!);
    }
  }
}

export class ById extends Own {
  static className = 'ById';
  m: Record<number, tf.Variable> = {};

  applyGradients(gradients: Gradients): void {
    for (const { weight, gradient } of gradientsOf(gradients))
      push(weight, gradient, (this.m[weight.id] ??= zeros(weight)));
  }
}

/** Positions in a record: in a fresh process they look like the names that tfjs gives. */
export class ByPosition extends Own {
  static className = 'ByPosition';
  m: Record<string, tf.Variable> = {};

  applyGradients(gradients: Gradients): void {
    gradientsOf(gradients).forEach(({ weight, gradient }, index) =>
      push(weight, gradient, (this.m[index] ??= zeros(weight))),
    );
  }
}

export class ByList extends Own {
  static className = 'ByList';
  readonly m: tf.Variable[] = [];

  applyGradients(gradients: Gradients): void {
    gradientsOf(gradients).forEach(({ weight, gradient }, index) =>
      push(weight, gradient, (this.m[index] ??= zeros(weight))),
    );
  }
}

/** A list of records that are found by a name in them; the name of a weight is a part of a longer one. */
export class ByNameInList extends Own {
  static className = 'ByNameInList';
  readonly slots: { key: string; m: tf.Variable }[] = [];
  readonly more: Record<string, tf.Variable> = {};

  applyGradients(gradients: Gradients): void {
    for (const { name, weight, gradient } of gradientsOf(gradients)) {
      let slot = this.slots.find(({ key }) => key === `${name}/m`);
      if (slot === undefined) this.slots.push((slot = { key: `${name}/m`, m: zeros(weight) }));
      push(weight, gradient, slot.m);
      push(weight, gradient, (this.more[`second/${name}`] ??= zeros(weight)), 0.01);
    }
  }
}

/** Kept tensors that are replaced at each step, and numbers, flags and arrays that decide the rate. */
export class ByKeptTensors extends Own {
  static className = 'ByKeptTensors';
  mean?: tf.Tensor;
  steps = 0;
  isLate = false;
  lastSign: number | null = null;
  readonly past = new Float64Array(3);
  readonly log: number[] = [];
  readonly state = { inner: { factor: 1 } };
  readonly label = 'an option';
  readonly scale = (x: number) => x * 2;

  applyGradients(gradients: Gradients): void {
    this.steps += 1;
    const all = gradientsOf(gradients);
    const next = tf.tidy(() => {
      const norm = tf.addN(all.map(({ gradient }) => tf.sum(tf.square(gradient))));
      return tf.keep(this.mean === undefined ? norm : tf.add(tf.mul(this.mean, 0.9), tf.mul(norm, 0.1)));
    });
    this.mean?.dispose();
    this.mean = next;
    this.past[this.steps % 3] = (this.past[(this.steps + 2) % 3] ?? 0) + 0.1;
    this.log.push(this.steps / 7);
    this.state.inner.factor *= 0.9;
    const rate =
      this.state.inner.factor *
      (0.1 + (this.past[0] ?? 0) + this.scale(this.log.length) / 100) *
      (this.isLate ? 0.5 : 1);
    this.isLate = this.steps > 3;
    this.lastSign = this.lastSign === null ? 1 : -this.lastSign;
    const sign = this.lastSign;
    tf.tidy(() => {
      for (const { weight, gradient } of all)
        weight.assign(tf.sub(weight, tf.mul(tf.div(gradient, tf.add(tf.sqrt(next), sign)), rate)));
    });
  }
}

/** State that is replaced as a whole, frozen; a big integer, a set, and references to weights. */
export class ByFrozenRecords extends Own {
  static className = 'ByFrozenRecords';
  state: { readonly n: number; readonly phase: string; readonly list: readonly number[] } = Object.freeze({
    n: 0,
    phase: 'warm',
    list: Object.freeze([1]),
  });
  big = 0n;
  readonly seen = new Set<number>();
  slots?: { weight: tf.Variable; m: tf.Variable }[];

  applyGradients(gradients: Gradients): void {
    const all = gradientsOf(gradients);
    this.slots ??= all.map(({ weight }) => ({ weight, m: zeros(weight) }));
    const n = this.state.n + 1;
    const phase = n > 2 ? 'main' : 'warm';
    this.state = Object.freeze({ n, phase, list: Object.freeze([...this.state.list, n]) });
    this.big += 3n;
    this.seen.add(n % 4);
    const rate = (this.state.phase === 'main' ? 0.5 : 0.1) / (Number(this.big) + this.seen.size);
    for (const { weight, m } of this.slots)
      push(weight, all.find((one) => one.weight === weight)!.gradient, m, rate / this.state.list.length);
  }
}

/** A schedule that counts, and an inner optimizer. */
export class Lookahead extends Own {
  static className = 'Lookahead';
  readonly inner = tf.train.adam(0.05);
  readonly schedule = new CountingSchedule();
  readonly slow: Record<string, tf.Variable> = {};

  applyGradients(gradients: Gradients): void {
    const named = gradientsOf(gradients);
    for (const { name, weight } of named)
      this.slow[name] ??= tf.tidy(() => tf.variable(tf.clone(weight), false));
    this.inner.applyGradients(gradients as never);
    if (!this.schedule.isDue()) return;
    for (const { name, weight } of named) {
      tf.tidy(() => {
        const slow = this.slow[name]!;
        slow.assign(tf.add(slow, tf.mul(tf.sub(weight, slow), 0.5)));
        weight.assign(slow);
      });
    }
  }
}

class CountingSchedule {
  count = 0;

  isDue(): boolean {
    this.count += 1;
    return this.count % 3 === 0;
  }
}

/** A subclass of one of tfjs' classes, with more state. */
export class AmsGrad extends tf.AdamOptimizer {
  static override get className(): string {
    return 'AmsGrad';
  }

  readonly peaks: Record<string, tf.Variable> = {};

  override applyGradients(gradients: Gradients): void {
    super.applyGradients(gradients as never);
    for (const { name, weight, gradient } of gradientsOf(gradients)) {
      const peak = (this.peaks[name] ??= zeros(weight));
      tf.tidy(() => {
        peak.assign(tf.maximum(peak, tf.abs(gradient)));
        weight.assign(tf.sub(weight, tf.mul(tf.sign(peak), 0.001)));
      });
    }
  }
}

/** SGD with a rate that its own counter decides. */
export class Counting extends tf.SGDOptimizer {
  n = 0;

  override applyGradients(gradients: Gradients): void {
    this.n += 1;
    this.setLearningRate(0.1 / this.n);
    super.applyGradients(gradients as never);
  }
}

/** The rate is computed, and cannot be set; tfjs' own updates read it at each weight. */
export class ComputedRate extends Own {
  static className = 'ComputedRate';
  n = 0;

  constructor() {
    super();
    Reflect.deleteProperty(this, 'learningRate');
    Object.defineProperty(Object.getPrototypeOf(this), 'learningRate', {
      configurable: true,
      get: function read(this: ComputedRate) {
        return 0.1 / (this.n + 1);
      } as () => number,
    });
  }

  applyGradients(gradients: Gradients): void {
    tf.tidy(() => {
      for (const { weight, gradient } of gradientsOf(gradients))
        weight.assign(tf.sub(weight, tf.mul(gradient, this.learningRate)));
    });
    this.n += 1;
  }
}

/** State in private fields, which `getWeights` and `setWeights` give as tfjs wants it. */
export class PrivateWithWeights extends Own {
  static className = 'PrivateWithWeights';
  readonly #m = new Map<string, tf.Variable>();

  applyGradients(gradients: Gradients): void {
    for (const { name, weight, gradient } of gradientsOf(gradients)) {
      if (!this.#m.has(name)) this.#m.set(name, zeros(weight));
      push(weight, gradient, this.#m.get(name)!);
    }
    this.incrementIterations();
  }

  override async getWeights(): Promise<{ name: string; tensor: tf.Tensor }[]> {
    return [
      await this.saveIterations(),
      ...[...this.#m].map(([name, tensor]) => ({ name: `${name}/m`, tensor })),
    ] as never;
  }

  override async setWeights(weights: { name: string; tensor: tf.Tensor }[]): Promise<void> {
    for (const variable of this.#m.values()) variable.dispose();
    this.#m.clear();
    for (const { name, tensor } of await this.extractIterations(weights as never))
      this.#m.set(name.replace('/m', ''), tf.variable(tensor, false));
  }
}

/** State in private fields, which `readState` and `writeState` give. */
export class PrivateWithState extends Own {
  static className = 'PrivateWithState';
  readonly #m = new Map<string, tf.Variable>();
  #n = 0;

  applyGradients(gradients: Gradients): void {
    this.#n += 1;
    for (const { name, weight, gradient } of gradientsOf(gradients)) {
      if (!this.#m.has(name)) this.#m.set(name, zeros(weight));
      push(weight, gradient, this.#m.get(name)!, 0.1 / this.#n);
    }
  }

  readState(): Record<string, tf.Tensor | number> {
    return { n: this.#n, ...Object.fromEntries([...this.#m].map(([name, m]) => [`m/${name}`, m])) };
  }

  writeState({ n, ...slots }: Record<string, tf.Tensor | number>): void {
    this.#n = n as number;
    for (const variable of this.#m.values()) variable.dispose();
    this.#m.clear();
    for (const [name, m] of Object.entries(slots))
      this.#m.set(name.slice(2), tf.variable(m as tf.Tensor, false));
  }
}

/** A class that computes gradients in its own way. */
export class Clipped extends tf.AdamOptimizer {
  override computeGradients(f: () => tf.Scalar, list?: tf.Variable[]) {
    const { value, grads } = super.computeGradients(f, list);
    const clipped = Object.entries(grads).map(([name, grad]) => [name, tf.clipByValue(grad, -0.01, 0.01)]);
    return { value, grads: Object.fromEntries(clipped) as tf.NamedTensorMap };
  }
}

/** A class that minimizes in its own way: two steps with one batch. */
export class Twice extends tf.SGDOptimizer {
  override minimize(f: () => tf.Scalar, _returnCost?: boolean, list?: tf.Variable[]): tf.Scalar | null {
    super.minimize(f, false, list);
    return super.minimize(f, true, list);
  }
}
