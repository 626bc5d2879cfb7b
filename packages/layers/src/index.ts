export { evaluate } from './evaluate.js';
export { exportWeights } from './export-weights.js';
export { fit } from './fit.js';
export { fromLayers } from './from-layers.js';
export { importWeights } from './import-weights.js';
export { predict } from './predict.js';
export { predictOnBatch } from './predict-on-batch.js';
export { testOnBatch } from './test-on-batch.js';
export { getTrainer } from './get-trainer.js';
export { trainOnBatch } from './train-on-batch.js';

export type { LayersFitOptions } from './fit.js';
