import { KeepfitError, shown } from '@keepfit/callbacks';
import type { Model } from './model.js';

/** @throws KEEPFIT_INVALID_OPTION for what is no model. */
export function checkModel(model: Model): void {
  const { weights, call } = (model ?? {}) as Partial<Model>;
  if (Array.isArray(weights) && weights.length > 0 && typeof call === 'function') return;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `the model of Trainer must be { weights: [{ name, variable, trainable }, …], call }, not ${shown(model)}; ` +
      'for a tfjs-layers model see fromLayers of @keepfit/layers',
  );
}
