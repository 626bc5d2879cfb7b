export { evaluate } from './evaluate.js';
export { exportWeights } from './export-weights.js';
export { fit } from './fit.js';
export { fromLayers } from './from-layers.js';
export { importWeights } from './import-weights.js';
export { loadTraining } from './load-training.js';
export { loadWeights } from './load-weights.js';
export { predict } from './predict.js';
export { regularizeActivity } from './activity-regularizer.js';
export { predictOnBatch } from './predict-on-batch.js';
export { saveWeights } from './save-weights.js';
export { testOnBatch } from './test-on-batch.js';
export { getTrainer } from './get-trainer.js';
export { trainOnBatch } from './train-on-batch.js';

export type { ActivityRegularizer, ActivityRegularizerOption } from './activity-regularizer.js';
export type { CompileOptions } from './compile-options.js';
export type { LayersEvaluateOptions } from './evaluate.js';
export type { LayersFitOptions } from './fit.js';
