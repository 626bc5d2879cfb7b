import * as tf from '@tensorflow/tfjs-core';
import { gradientsOf } from '../helpers/own-optimizers.js';

export type Defect =
  | 'forgets a number of its state'
  | 'adds a restored state to what was there'
  | 'saves names that nobody can translate'
  | 'saves only what it trained last'
  | 'counts pauses and does not save the count'
  | 'finds its state by position'
  | 'trains weights that are frozen'
  | 'draws random numbers'
  | 'writes into its old memory'
  | 'leaves a tensor at each step'
  | 'keeps its state when it is disposed'
  | 'forgets a number in getWeights'
  | 'forgets a setting in getConfig';

type NamedTensors = { name: string; tensor: tf.Tensor }[];

interface Settings {
  readonly learningRate: number;
  readonly decay: number;
}

/** Creates momentum whose rate falls with the count of steps, with a defect or without. */
export function createOptimizer(defect?: Defect): tf.Optimizer {
  return new Falling(defect, { learningRate: 0.05, decay: 0.7 });
}

class Falling extends tf.Optimizer {
  static className = 'Falling';
  learningRate: number;
  #count = 0;
  #pauses = 0;
  readonly #slots = new Map<string, tf.Variable>();
  readonly #lastSlots = new Set<string>();
  readonly #defect: Defect | undefined;
  readonly #decay: number;

  constructor(defect: Defect | undefined, { learningRate, decay }: Settings) {
    super();
    this.learningRate = learningRate;
    this.#defect = defect;
    this.#decay = decay;
  }

  applyGradients(gradients: Parameters<tf.Optimizer['applyGradients']>[0]): void {
    const given = gradientsOf(gradients);
    this.#count += 1;
    if (given.length < this.#slots.size) this.#pauses += 1;
    this.#lastSlots.clear();
    const pauses = this.#has('counts pauses and does not save the count') ? this.#pauses : 0;
    const rate = this.learningRate / (this.#count + pauses);
    given.forEach(({ name, weight, gradient }, position) => {
      const key = this.#has('finds its state by position') ? String(position) : name;
      tf.tidy(() => {
        const old = this.#slots.get(key) ?? tf.zerosLike(weight);
        const noise = this.#has('draws random numbers') ? Math.random() : 0;
        this.#setSlot(key, tf.add(tf.mul(old, this.#decay), tf.add(gradient, noise)));
        weight.assign(tf.sub(weight, tf.mul(this.#slots.get(key)!, rate)));
      });
      this.#lastSlots.add(key);
    });
    if (this.#has('trains weights that are frozen'))
      for (const name of this.#slots.keys())
        tf.tidy(() =>
          tf.engine().registeredVariables[name]?.assign(tf.mul(tf.engine().registeredVariables[name]!, 0.99)),
        );
    if (this.#has('leaves a tensor at each step')) tf.scalar(1);
  }

  readState(): Record<string, tf.Tensor | number> {
    const slots = [...this.#slots].filter(
      ([key]) => !this.#has('saves only what it trained last') || this.#lastSlots.has(key),
    );
    const isOpaque = this.#has('saves names that nobody can translate');
    return {
      ...(this.#has('forgets a number of its state') ? {} : { count: this.#count }),
      ...Object.fromEntries(
        slots.map(([key, slot]) => [isOpaque ? `m${key.replaceAll('/', 'x')}` : `m/${key}`, slot]),
      ),
    };
  }

  writeState({ count = 0, ...slots }: Record<string, tf.Tensor | number>): void {
    this.#count = count as number;
    const isAdding = this.#has('adds a restored state to what was there');
    if (!isAdding) this.#free();
    for (const [name, tensor] of Object.entries(slots)) {
      const key = name.slice(2);
      tf.tidy(() =>
        this.#setSlot(
          key,
          isAdding && this.#slots.has(key) ? tf.add(this.#slots.get(key)!, tensor) : (tensor as tf.Tensor),
        ),
      );
    }
  }

  override async getWeights(): Promise<NamedTensors> {
    const count = this.#has('forgets a number in getWeights') ? 0 : this.#count;
    const slots = [...this.#slots].map(([name, tensor]) => ({ name, tensor: tensor as tf.Tensor }));
    return [{ name: 'count', tensor: tf.scalar(count) }, ...slots];
  }

  override async setWeights(weights: NamedTensors): Promise<void> {
    const slots = Object.fromEntries(weights.slice(1).map(({ name, tensor }) => [`m/${name}`, tensor]));
    this.writeState({ count: (await weights[0]!.tensor.data())[0]!, ...slots });
  }

  getConfig(): tf.serialization.ConfigDict {
    const decay = this.#has('forgets a setting in getConfig') ? 0 : this.#decay;
    return { defect: this.#defect ?? null, learningRate: this.learningRate, decay };
  }

  static override fromConfig<T extends tf.serialization.Serializable>(
    _: tf.serialization.SerializableConstructor<T>,
    { defect, ...settings }: tf.serialization.ConfigDict,
  ): T {
    return new Falling(
      (defect as Defect | null) ?? undefined,
      settings as unknown as Settings,
    ) as unknown as T;
  }

  override dispose(): void {
    if (!this.#has('keeps its state when it is disposed')) this.#free();
  }

  #has(defect: Defect): boolean {
    return this.#defect === defect;
  }

  #free(): void {
    tf.dispose([...this.#slots.values()]);
    this.#slots.clear();
  }

  #setSlot(key: string, value: tf.Tensor): void {
    const slot = this.#slots.get(key);
    if (slot === undefined) this.#slots.set(key, tf.variable(value, false));
    // On the cpu backend dataSync gives the memory itself.
    else if (this.#has('writes into its old memory')) slot.dataSync().set(value.dataSync());
    else slot.assign(value);
  }
}
