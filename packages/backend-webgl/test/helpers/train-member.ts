import type { CallbackHooks, Capture, TrainerView } from '@keepfit/callbacks';
import { seeded } from '@keepfit/fit';
import { fit } from '@keepfit/layers';
import { train } from '@tensorflow/tfjs-core';
import type { Member } from './zoo.js';

export interface Trained {
  /** Of each batch. */
  readonly losses: readonly number[];
  /** All weights after the second epoch, bit for bit. */
  readonly weights: Readonly<Record<string, readonly number[]>>;
}

/**
 * Trains a fresh model, four batches an epoch, and disposes it. A capture takes its weights after the second
 * epoch and reads them after the last, so they are right only if a capture keeps its values while training
 * continues.
 */
export async function trainMember(
  { build, x, y }: Member,
  epochs: number,
  callbacks: readonly CallbackHooks[] = [],
): Promise<Trained> {
  const model = seeded(1, build);
  const optimizer = train.adam(0.01);
  const losses: number[] = [];
  const weights: Record<string, readonly number[]> = {};
  try {
    model.compile({ optimizer, loss: 'categoricalCrossentropy' });
    const hooks = [recordLosses(losses), readLate(weights), ...callbacks];
    await fit(model, x, y, { epochs, batchSize: 3, seed: 7, verbose: 0, callbacks: hooks });
    return { losses, weights };
  } finally {
    model.dispose();
    optimizer.dispose();
  }
}

function recordLosses(losses: number[]): CallbackHooks {
  return { onTrainBatchEnd: (_, { loss = NaN }) => void losses.push(loss) };
}

function readLate(weights: Record<string, readonly number[]>): CallbackHooks {
  let model: TrainerView | undefined;
  let capture: Capture | undefined;
  return {
    setModel: (view) => void (model = view),
    onEpochEnd: (epoch) => void (capture = epoch === 1 ? model?.captureWeights() : capture),
    async onTrainEnd() {
      for (const { name, read } of capture?.entries ?? [])
        weights[name] = [...new Int32Array((await read()).slice().buffer)];
      capture?.dispose();
    },
  };
}
