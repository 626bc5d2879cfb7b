import { seeded } from '@keepfit/fit';
import {
  input,
  layers,
  type LayersModel,
  model as functional,
  sequential,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';

/** A shared layer, and one that is not trained. */
export function functionalModel(seed: number): LayersModel {
  const model = seeded(seed, () => {
    const x = input({ shape: [5, 5, 1] });
    const flat = layers.flatten().apply(x) as SymbolicTensor;
    const shared = layers.dense({ units: 25, activation: 'tanh' });
    const frozen = layers.dense({ units: 25, trainable: false });
    const hidden = layers
      .dropout({ rate: 0.3 })
      .apply(shared.apply(shared.apply(frozen.apply(flat)))) as SymbolicTensor;
    return functional({
      inputs: x,
      outputs: layers.dense({ units: 3, activation: 'softmax' }).apply(hidden) as SymbolicTensor,
    });
  });
  model.compile({ optimizer: 'adagrad', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  return model;
}

export function recurrentModel(seed: number): LayersModel {
  const model = seeded(seed, () =>
    sequential({
      layers: [
        layers.reshape({ targetShape: [5, 5], inputShape: [5, 5, 1] }),
        layers.gru({ units: 3, dropout: 0.2, recurrentDropout: 0.2, recurrentInitializer: 'glorotUniform' }),
        layers.dense({ units: 3, activation: 'softmax' }),
      ],
    }),
  );
  model.compile({ optimizer: 'adamax', loss: 'categoricalCrossentropy' });
  return model;
}
