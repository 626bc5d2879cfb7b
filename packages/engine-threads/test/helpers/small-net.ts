import { seeded } from '@keepfit/fit';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';

/** A net of three inputs and two outputs, with moving averages and dropout. */
export function createSmallNet(seed: number): LayersModel {
  return seeded(seed, () =>
    sequential({
      layers: [
        layers.dense({ units: 5, activation: 'relu', inputShape: [3] }),
        layers.batchNormalization(),
        layers.dropout({ rate: 0.3 }),
        layers.dense({ units: 2 }),
      ],
    }),
  );
}
