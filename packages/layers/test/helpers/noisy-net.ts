import { layers, type Sequential, sequential } from '@tensorflow/tfjs-layers';

/** A net from 3 to 2 numbers that draws random numbers and keeps moving averages. */
export function createNoisyNet(): Sequential {
  return sequential({
    layers: [
      layers.dense({ units: 5, activation: 'tanh', inputShape: [3] }),
      layers.batchNormalization(),
      layers.dropout({ rate: 0.3 }),
      layers.dense({ units: 2 }),
    ],
  });
}
