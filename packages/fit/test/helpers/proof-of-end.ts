import type { CallbackHooks, StateRecord, TrainerView, TrainingCapture } from '@keepfit/callbacks';
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
 * A callback that takes a last capture at the end of the training. What belongs to BackupAndRestore is left
 * out.
 */
export function proofOfEnd(): CallbackHooks & { readonly proof: Proof } {
  let model: TrainerView | undefined;
  let proof: Proof | undefined;
  return {
    batchLogs: false,
    setModel: (view) => void (model = view),
    onTrainEnd: () =>
      model?.requestBackup(async (capture) => {
        proof = await proofOf(capture);
        capture.dispose();
      }),
    get proof() {
      if (proof === undefined) throw new Error('the training has not ended');
      return proof;
    },
  };
}

async function proofOf({ entries, state }: TrainingCapture): Promise<Proof> {
  const tensors: Record<string, string> = {};
  for (const entry of entries) {
    tensors[entry.name] =
      `${entry.dtype} [${entry.shape.join()}] ${Buffer.from(await withOneNaN(entry)).toString('hex')}`;
  }
  const callbacks = (state['callbacks'] as readonly StateRecord[]).filter(
    ({ name }) => name !== 'BackupAndRestore',
  );
  return { tensors, state: structuredClone({ ...state, callbacks }) as StateRecord };
}
