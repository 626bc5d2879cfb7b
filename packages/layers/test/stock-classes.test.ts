// In a process in which no other file registers classes.
// @vitest-environment node
// @vitest-environment-options {"process": "stock-kernels"}
import { layers } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { getStockClasses } from '../src/recording/stock-classes.js';
import { listClasses } from './helpers/list-classes.js';

test('knows every class of layers and activations of tfjs-layers', () => {
  const known = getStockClasses();
  const ofLayers = listClasses().filter(({ prototype }) => prototype instanceof layers.Layer);
  expect(ofLayers.length).toBeGreaterThan(60);
  const unknown = ofLayers.filter(({ prototype }) => !known.isLayer(Object.create(prototype) as object));
  expect(unknown.map(({ className }) => className)).toEqual([]);
  const relu = listClasses().find(({ className }) => className === 'relu');
  const parent: unknown = Object.getPrototypeOf(relu);
  const activations = listClasses().filter((activation) => Object.getPrototypeOf(activation) === parent);
  expect(activations.length).toBe(16);
  expect(activations.every((activation) => known.isActivation(new activation()))).toBe(true);
});
