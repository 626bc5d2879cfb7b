import type { CallbackHooks, FreeFitOptions, History, Model } from 'keepfit';

/** What a caller may change of an example's training. */
export type TrainOptions = Pick<FreeFitOptions, 'epochs' | 'verbose'> & {
  readonly callbacks: readonly CallbackHooks[];
};

/** A training with a step of its own. */
export interface Example {
  /** The model, whose weights a checkpoint has. */
  readonly model: Model;
  /** Trains to the end, or continues what the callbacks restore. */
  train(options: TrainOptions): Promise<History>;
}

/** Numbers in [0, 1) that look random and are the same in every process. */
export function pseudoRandom(index: number): number {
  const value = Math.sin(index * 12.9898 + 78.233) * 43758.5453;
  return value - Math.floor(value);
}
