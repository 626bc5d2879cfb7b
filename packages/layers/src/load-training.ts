import type { BackupSummary, CheckpointStore } from '@keepfit/callbacks';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { getTrainer } from './get-trainer.js';

/**
 * Gives a compiled tfjs-layers model and its optimizer what `ModelCheckpoint` or `BackupAndRestore` saved of a whole
 * training: see `Trainer.loadTraining` of `@keepfit/fit`.
 */
export async function loadTraining(
  model: LayersModel,
  store: CheckpointStore,
  key: string,
): Promise<BackupSummary> {
  return getTrainer(model).loadTraining(store, key);
}
