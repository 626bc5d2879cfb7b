export { evaluate } from './evaluate.js';
export { fit } from './fit.js';
export { fromLayers } from './from-layers.js';
export { predict } from './predict.js';
export { trainerOf } from './trainer-of.js';

export type { LayersFitOptions } from './fit.js';
