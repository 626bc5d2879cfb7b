import { KeepfitError } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import type { Model, NamedState, NamedWeight } from '../contract/model.js';
import { captureTensor } from './capture-tensor.js';

/** A weight, and its values when the isolation began. */
interface HeldWeight extends Pick<NamedWeight, 'name' | 'variable'> {
  readonly values: tf.Tensor;
  /** The memory of the values. */
  dataId: object;
}

/**
 * Computes batches without a trace in the model: between two batches, its weights and the states of its layers
 * are those of the training. The batches have states of their own, which begin as those of the training.
 *
 * Holds references to tensors; call `dispose`.
 */
export class ModelIsolation {
  readonly #states: readonly NamedState[];
  readonly #weights: readonly HeldWeight[];
  #own: readonly tf.Tensor[] | undefined;

  /** @param dataIds The memory of the weights when the isolation begins, which may be before this call. */
  constructor({ weights, states = [] }: Model, dataIds: readonly object[]) {
    this.#states = states;
    this.#weights = weights.map(({ name, variable }, index) => ({
      name,
      variable,
      values: captureTensor(name, variable).tensor,
      dataId: dataIds[index] as object,
    }));
  }

  /**
   * Runs a synchronous computation.
   *
   * @throws KEEPFIT_INVALID_STATE when the weights have changed since the isolation began.
   */
  run<T>(compute: () => T): T {
    const changed = this.#weights.find(isChanged);
    if (changed !== undefined) throw createChangedError(changed.name);
    const former = this.#read();
    try {
      if (this.#own !== undefined) this.#write(this.#own);
      const result = compute();
      const next = this.#read();
      tf.dispose([...(this.#own ?? [])]);
      this.#own = next;
      return result;
    } finally {
      this.#write(former);
      tf.dispose(former);
      this.#weights.filter(isChanged).forEach(restoreValues);
    }
  }

  dispose(): void {
    tf.dispose([...(this.#own ?? []), ...this.#weights.map(({ values }) => values)]);
    this.#own = undefined;
  }

  #read(): tf.Tensor[] {
    return this.#states.map((state) => state.read());
  }

  #write(values: readonly tf.Tensor[]): void {
    this.#states.forEach((state, index) => state.write(values[index] as tf.Tensor));
  }
}

function isChanged({ variable, dataId }: HeldWeight): boolean {
  return variable.dataId !== dataId;
}

function restoreValues(weight: HeldWeight): void {
  weight.variable.assign(weight.values);
  weight.dataId = weight.variable.dataId;
}

function createChangedError(name: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_INVALID_STATE',
    `the weight "${name}" changed while an evaluation or a prediction in a hook was under way, so its result would mix two models; ` +
      'await evaluate and predict before you change weights',
  );
}
