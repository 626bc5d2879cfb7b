import * as tf from '@tensorflow/tfjs-core';

interface Tracker {
  trackTensor(tensor: tf.Tensor, backend: unknown): void;
}

/**
 * Sees which tensors a piece of work makes or assigns and leaves alive: the state of an optimizer, whoever
 * holds it.
 */
export class TensorWatch {
  readonly #tracked = new Set<tf.Tensor>();
  #isPaused = false;

  during<T>(work: () => T): T {
    const engine = tf.engine() as unknown as Tracker;
    const track = engine.trackTensor;
    engine.trackTensor = (tensor, backend) => {
      if (!this.#isPaused) this.#tracked.add(tensor);
      track.call(engine, tensor, backend);
    };
    try {
      return work();
    } finally {
      // Usually the method is the prototype's: leave the engine as it was.
      if (Object.getPrototypeOf(engine).trackTensor === track)
        delete (engine as Partial<Tracker>).trackTensor;
      else engine.trackTensor = track;
    }
  }

  /** Work within `during` that is none of the optimizer's. */
  except<T>(work: () => T): T {
    const wasPaused = this.#isPaused;
    this.#isPaused = true;
    try {
      return work();
    } finally {
      this.#isPaused = wasPaused;
    }
  }

  /** The tensors that are still alive. */
  survivors(): tf.Tensor[] {
    return [...this.#tracked].filter((tensor) => !tensor.isDisposed);
  }
}
