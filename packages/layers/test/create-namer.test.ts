import { expect, test } from 'vitest';
import { createNamer } from '../src/create-namer.js';

test.each([
  ['dense_Dense3', 'dense'],
  ['dense_Dense12_input', 'dense_input'],
  ['conv2d_Conv2D1', 'conv2d'],
  ['conv2d_transpose_Conv2DTranspose4', 'conv2d_transpose'],
  ['global_average_pooling1d_GlobalAveragePooling1D2', 'global_average_pooling1d'],
  ['batch_normalization_BatchNormalization1', 'batch_normalization'],
  ['lstm_LSTM1', 'lstm'],
  ['backward_gru_GRU3', 'backward_gru'],
  ['my_layer2_MyLayer213', 'my_layer2'],
  ['sequential_4', 'sequential'],
  ['model7', 'model'],
  ['price_USD2024', 'price_USD2024'],
  ['class_A1', 'class_A1'],
  ['dense_Conv2D1', 'dense_Conv2D1'],
  ['Dense3', 'Dense3'],
  ['output', 'output'],
])('%s is %s in every process', (name, stable) => {
  expect(createNamer()(name)).toBe(stable);
});

test("no automatic name takes the user's", () => {
  const toStable = createNamer(['dense_Dense1', 'dense', 'dense_2', 'dense_Dense2']);
  expect(['dense_Dense1', 'dense', 'dense_Dense2', 'dense_2'].map(toStable)).toEqual([
    'dense_1',
    'dense',
    'dense_3',
    'dense_2',
  ]);
});
