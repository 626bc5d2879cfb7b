import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { joinModels, seeded, Trainer } from 'keepfit';
import { type Example, pseudoRandom } from './example.js';

const NOISE = 4;

/**
 * A generative adversarial network: the generator learns to make points of a ring from noise. Two phases, each
 * with an optimizer and weights of its own.
 */
export function createGan(seed: number): Example {
  const { generator, discriminator } = seeded(seed, buildModels);
  const model = joinModels({ generator, discriminator }, { main: 'generator' });
  const generate = (noise: tf.Tensor) => generator.apply(noise, { training: true }) as tf.Tensor;
  const judge = (points: tf.Tensor) => discriminator.apply(points, { training: true }) as tf.Tensor;

  const trainer = new Trainer(model, {
    phases: [
      {
        name: 'discriminator',
        weights: discriminator,
        optimizer: tf.train.adam(0.01, 0.5),
        loss({ x: real, size }, { random }) {
          const fake = generate(random.normal([size, NOISE]));
          return tf.add(labelLoss(judge(real), 0.9), labelLoss(judge(fake), 0));
        },
      },
      {
        name: 'generator',
        weights: generator,
        optimizer: tf.train.adam(0.01, 0.5),
        loss: ({ size }, { random }) => labelLoss(judge(generate(random.normal([size, NOISE]))), 1),
      },
    ],
  });
  const points = ringPoints(32);
  return { model, train: (options) => trainer.fit(points, { seed: 1, batchSize: 16, ...options }) };
}

function buildModels() {
  const hidden = (inputSize: number) =>
    layers.dense({ units: 8, activation: 'tanh', inputShape: [inputSize] });
  return {
    generator: sequential({ layers: [hidden(NOISE), layers.dense({ units: 2 })] }),
    discriminator: sequential({
      layers: [hidden(2), layers.dropout({ rate: 0.2 }), layers.dense({ units: 1 })],
    }),
  };
}

/** How far logits are from one label for all samples. */
function labelLoss(logits: tf.Tensor, label: number): tf.Tensor {
  return tf.losses.sigmoidCrossEntropy(tf.fill(logits.shape, label), logits);
}

/** Points of a ring with radius 1: [samples, 2]. */
function ringPoints(samples: number) {
  const data = Float32Array.from({ length: 2 * samples }, (_, index) => {
    const angle = 2 * Math.PI * pseudoRandom(index >> 1);
    return index % 2 === 0 ? Math.cos(angle) : Math.sin(angle);
  });
  return { data, shape: [samples, 2] };
}
