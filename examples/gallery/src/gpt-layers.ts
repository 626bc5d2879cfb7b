import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers, type LayerVariable } from '@tensorflow/tfjs-layers';

type Config = ConstructorParameters<typeof layers.Layer>[0];

/** Adds a trained vector for each position: [batch, context, width] to the same. */
export class Positions extends layers.Layer {
  static readonly className = 'Positions';
  private positions: LayerVariable | undefined;

  override build([, context = null, width = null]: (number | null)[]): void {
    const initializer = initializers.randomNormal({ mean: 0, stddev: 0.02 });
    this.positions = this.addWeight('positions', [context, width], 'float32', initializer);
    super.build([null, context, width]);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [x] = [inputs].flat();
    return tf.add(x as tf.Tensor, (this.positions as LayerVariable).read());
  }

  override computeOutputShape(shape: (number | null)[]): (number | null)[] {
    return shape;
  }
}

/**
 * Lets each letter look at those before it: takes queries, keys and values side by side, [batch, context, 3 × width],
 * and returns [batch, context, width] (Vaswani et al. 2017, section 3.2).
 */
export class CausalAttention extends layers.Layer {
  static readonly className = 'CausalAttention';
  private readonly heads: number;

  constructor({ heads, ...config }: NonNullable<Config> & { readonly heads: number }) {
    super(config);
    this.heads = heads;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const [x] = [inputs].flat() as [tf.Tensor3D];
      const [batch, context, triple] = x.shape;
      const size = triple / 3 / this.heads;
      const [queries, keys, values] = tf
        .split(x, 3, 2)
        .map((part) => tf.transpose(tf.reshape(part, [batch, context, this.heads, size]), [0, 2, 1, 3])) as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ];
      const scores = tf.mul(tf.matMul(queries, keys, false, true), size ** -0.5);
      const place = tf.range(0, context);
      const isLater = tf.greater(tf.expandDims(place, 0), tf.expandDims(place, 1));
      const shares = tf.softmax(tf.add(scores, tf.mul(tf.cast(isLater, 'float32'), -1e9)));
      const heads = tf.transpose(tf.matMul(shares, values), [0, 2, 1, 3]);
      return tf.reshape(heads, [batch, context, triple / 3]);
    });
  }

  override computeOutputShape(shape: (number | null)[]): (number | null)[] {
    const [batch = null, context = null, triple] = shape;
    return [batch, context, (triple ?? 0) / 3];
  }

  override getConfig() {
    return { ...super.getConfig(), heads: this.heads };
  }
}
