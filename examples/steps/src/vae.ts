import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { joinModels, seeded, Trainer } from 'keepfit';
import { type Example, pseudoRandom } from './example.js';

const FEATURES = 6;
const LATENT = 2;

/**
 * A variational autoencoder: one phase with a loss of two terms, which it logs, and noise between its two models.
 */
export function createVae(seed: number): Example {
  const { encoder, decoder } = seeded(seed, buildModels);
  const model = joinModels({ encoder, decoder }, { main: 'decoder' });
  const trainer = new Trainer(model, {
    phases: [
      {
        name: 'vae',
        optimizer: 'adam',
        loss({ x, size }, { random, training }) {
          const [mean, logVar] = tf.split(encoder.apply(x, { training }) as tf.Tensor, 2, 1) as [
            tf.Tensor,
            tf.Tensor,
          ];
          const noise = random.normal([size, LATENT]);
          const latent = tf.add(mean, tf.mul(noise, tf.exp(tf.mul(logVar, 0.5))));
          const decoded = decoder.apply(latent, { training }) as tf.Tensor;
          const reconstruction = tf.mean(tf.sum(tf.squaredDifference(x, decoded), 1));
          const kl = tf.mean(klDivergence(mean, logVar));
          return { loss: tf.add(reconstruction, kl), logs: { reconstruction, kl } };
        },
      },
    ],
  });
  const samples = waves(64);
  const fitOptions = { seed: 2, batchSize: 16, validationSplit: 0.25 };
  return { model, train: (options) => trainer.fit(samples, { ...fitOptions, ...options }) };
}

function buildModels() {
  const hidden = (inputSize: number) =>
    layers.dense({ units: 8, activation: 'relu', inputShape: [inputSize] });
  return {
    // The means of the latent variables, then the logarithms of their variances.
    encoder: sequential({ layers: [hidden(FEATURES), layers.dense({ units: 2 * LATENT })] }),
    decoder: sequential({ layers: [hidden(LATENT), layers.dense({ units: FEATURES })] }),
  };
}

/** From normal distributions to the standard one, a value a sample. Kingma and Welling 2013, appendix B. */
function klDivergence(mean: tf.Tensor, logVar: tf.Tensor): tf.Tensor {
  const terms = tf.sub(tf.add(1, logVar), tf.add(tf.square(mean), tf.exp(logVar)));
  return tf.mul(tf.sum(terms, 1), -0.5);
}

/** Sines of some phase and height: [samples, FEATURES]. */
function waves(samples: number) {
  const data = Float32Array.from({ length: samples * FEATURES }, (_, index) => {
    const sample = Math.floor(index / FEATURES);
    const height = 0.5 + pseudoRandom(2 * sample);
    return height * Math.sin((index % FEATURES) + 6 * pseudoRandom(2 * sample + 1));
  });
  return { data, shape: [samples, FEATURES] };
}
