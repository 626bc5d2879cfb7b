import * as tf from '@tensorflow/tfjs-core';

type Gradients = Parameters<tf.Optimizer['applyGradients']>[0];
type Slots = { originalName: string; variable: tf.Variable }[];

/**
 * Adadelta with Keras' numbers. tfjs divides by the accumulator as it was before the step, so that its first
 * step is thousands of times too large. The slots are those of tfjs' class.
 */
export class KerasAdadelta extends tf.AdadeltaOptimizer {
  /** @nocollapse */
  static override get className(): string {
    return 'Adadelta';
  }

  override applyGradients(gradients: Gradients): void {
    const named = Array.isArray(gradients)
      ? gradients
      : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
    named.forEach(({ name, tensor }, index) => this.#update(index, name, tensor));
    this.incrementIterations();
  }

  override getConfig(): tf.serialization.ConfigDict {
    // The fingerprint must tell it from tfjs' class of the same name.
    return { ...super.getConfig(), rule: 'keras' };
  }

  #update(index: number, name: string, gradient: tf.Tensor | undefined): void {
    const weight = tf.engine().registeredVariables[name];
    if (weight === undefined) throw new Error(`no variable is registered as ${name}`);
    const squares = slotAt(this['accumulatedGrads'] as Slots, index, weight, 'accum_grad');
    const deltas = slotAt(this['accumulatedUpdates'] as Slots, index, weight, 'accum_var');
    if (gradient === undefined || gradient === null) return;
    const { rho, epsilon, learningRate } = this;
    tf.tidy(() => {
      const newSquares = tf.add(tf.mul(squares, rho), tf.mul(tf.square(gradient), 1 - rho));
      const delta = tf.div(
        tf.mul(tf.sqrt(tf.add(deltas, epsilon)), gradient),
        tf.sqrt(tf.add(newSquares, epsilon)),
      );
      const newDeltas = tf.add(tf.mul(deltas, rho), tf.mul(tf.square(delta), 1 - rho));
      squares.assign(newSquares);
      deltas.assign(newDeltas);
      weight.assign(tf.add(tf.mul(delta, -learningRate), weight));
    });
  }
}

function slotAt(slots: Slots, index: number, weight: tf.Variable, suffix: string): tf.Variable {
  const slot = (slots[index] ??= {
    originalName: `${weight.name}/${suffix}`,
    variable: tf.tidy(() => tf.variable(tf.zerosLike(weight), false)),
  });
  return slot.variable;
}
