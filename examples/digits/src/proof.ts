import { createHash } from 'node:crypto';
import type { CallbackHooks, TrainerView, TrainingCapture } from 'keepfit';

/** The SHA-256 of the results of a training. */
export interface Proof {
  readonly weights: string;
  readonly optimizer: string;
  readonly history: string;
}

/** Creates a callback that captures the training at its end and passes on its digests. */
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
          if (history !== undefined) give(await createProof(capture, history), history);
        } finally {
          capture.dispose();
        }
      });
    },
  };
}

async function createProof(
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
