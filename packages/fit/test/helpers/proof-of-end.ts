import type { CallbackHooks, Capture, StateRecord, TrainerView, TrainingCapture } from '@keepfit/callbacks';
import { readable } from './readable-checkpoint.js';
import { withOneNaN } from './with-one-nan.js';

/**
 * All that a training ended with, ready to be compared: tensors as hexadecimal bytes by name, and the rest of
 * the state.
 */
export interface Proof {
  readonly tensors: Readonly<Record<string, string>>;
  readonly state: StateRecord;
}

/**
 * A callback that takes a last capture at the end of the training, and the weights that the model has then. What
 * belongs to BackupAndRestore is left out.
 */
export function proofOfEnd(): CallbackHooks & { readonly proof: Proof } {
  let model: TrainerView | undefined;
  let proof: Proof | undefined;
  return {
    batchLogs: false,
    setModel: (view) => void (model = view),
    onTrainEnd: async () => {
      const weights = model?.captureWeights();
      if (weights === undefined) return;
      const final = Object.fromEntries(
        (await tensorsOf(weights)).map(([name, values]) => [`final ${name}`, values]),
      );
      weights.dispose();
      model?.requestBackup(async (capture) => {
        const { tensors, state } = await proofOf(capture);
        proof = { tensors: { ...tensors, ...final }, state };
        capture.dispose();
      });
    },
    get proof() {
      if (proof === undefined) throw new Error('the training has not ended');
      return proof;
    },
  };
}

async function proofOf(capture: TrainingCapture): Promise<Proof> {
  const { state } = capture;
  const tensors = Object.fromEntries(await tensorsOf(capture));
  return { tensors, state: structuredClone(await readable(state)) as StateRecord };
}

function tensorsOf({
  entries,
}: Pick<Capture, 'entries'>): Promise<(readonly [name: string, values: string])[]> {
  return Promise.all(
    entries.map(async (entry) => {
      const { name, dtype, shape } = entry;
      const values = Buffer.from(await withOneNaN(entry)).toString('hex');
      return [name, `${dtype} [${shape.join()}] ${values}`] as const;
    }),
  );
}
