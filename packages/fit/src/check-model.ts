import { KeepfitError } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import type { Model } from './contract/model.js';

/** @throws KEEPFIT_INVALID_OPTION for what is no model. */
export function checkModel(model: Model): void {
  const { weights, call } = (model ?? {}) as Partial<Model>;
  if (Array.isArray(weights) && weights.length > 0 && typeof call === 'function') return;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `the model of Trainer must be { weights: [{ name, variable, trainable }, …], call }, not ${formatValue(model)}; ` +
      'for a tfjs-layers model see fromLayers of @keepfit/layers',
  );
}
