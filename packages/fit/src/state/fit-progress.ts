import type { TrainingProgress } from '@keepfit/callbacks';
import type { StreamPosition } from '../data/batch-stream.js';

/** How far a fit has come. */
export interface FitProgress extends TrainingProgress {
  /** Whether `onEpochBegin` of the epoch has run. Its key in checkpoints is `begun`. */
  readonly epochBegun: boolean;
}

/** The progress and the position as a checkpoint keeps them; `readSavedState` reads them. */
export function describeProgress(
  { epoch, batch, step, epochBegun }: FitProgress,
  { pass, position }: StreamPosition,
): TrainingProgress {
  return { epoch, batch, step, begun: epochBegun, pass, position };
}
