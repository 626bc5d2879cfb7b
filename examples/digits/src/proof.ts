import { createHash } from 'node:crypto';
import type { CallbackHooks, TrainerView, TrainingCapture } from '@keepfit/callbacks';

/** SHA-256 of what a training came to. */
export interface Proof {
  readonly weights: string;
  readonly optimizer: string;
  readonly history: string;
}

/** A callback that takes the training's own capture at its end and gives its fingerprints. */
export function proveResult(give: (proof: Proof, history: TrainerView['history']) => void): CallbackHooks {
  let trainer: TrainerView | undefined;
  return {
    setModel: (model) => {
      trainer = model;
    },
    onTrainEnd() {
      trainer?.requestBackup(async (capture) => {
        const history = trainer?.history;
        try {
          if (history !== undefined) give(await proofOf(capture, history), history);
        } finally {
          capture.dispose();
        }
      });
    },
  };
}

async function proofOf(
  { entries, state }: TrainingCapture,
  { epoch, history }: TrainerView['history'],
): Promise<Proof> {
  const weights = createHash('sha256');
  const optimizer = createHash('sha256').update(JSON.stringify([state['optimizer'], state['learningRate']]));
  for (const { name, dtype, shape, read } of entries) {
    const hash = name.startsWith('weights/') ? weights : optimizer;
    hash.update(`${name} ${dtype} [${shape.join()}]\n`).update(await read());
  }
  return {
    weights: weights.digest('hex'),
    optimizer: optimizer.digest('hex'),
    // Every digit of every loss and metric, as float64.
    history: createHash('sha256')
      .update(JSON.stringify(epoch))
      .update(JSON.stringify(Object.keys(history)))
      .update(Float64Array.from(Object.values(history).flat()))
      .digest('hex'),
  };
}
