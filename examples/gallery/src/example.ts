import type { CallbackHooks, CheckpointStore } from 'keepfit';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** What a caller may change of an example's training. */
export interface TrainOptions {
  /** How many epochs the training has in all, those before a crash included. */
  readonly epochs: number;
  /** How many samples of the data are used, at most. */
  readonly samples: number;
  /** Where the backup is. */
  readonly store: CheckpointStore;
  /** More callbacks. @default none */
  readonly callbacks?: readonly CallbackHooks[];
}

/** Trains to the end, or continues the backup in the store. Resolves to the trained model. */
export type Train = (options: TrainOptions) => Promise<LayersModel>;
