export { evaluate } from './evaluate.js';
export { fit } from './fit.js';
export { fromLayers } from './from-layers.js';
export { joinModels } from './join-models.js';
export { predict } from './predict.js';
export { predictOnBatch } from './predict-on-batch.js';
export { testOnBatch } from './test-on-batch.js';
export { getTrainer } from './get-trainer.js';
export { trainOnBatch } from './train-on-batch.js';

export type { LayersFitOptions, OwnStepFitOptions } from './fit.js';
export type { OwnStepChoices, TrainerChoices } from './get-trainer.js';
export type { JoinedModel, JoinModelsOptions } from './join-models.js';
