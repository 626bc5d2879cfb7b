import type { CallbackHooks, StateRecord, TrainerView, TrainingCapture } from '@keepfit/callbacks';
import { crc32 } from '@keepfit/callbacks/checkpoint';
import { withOneNaN } from '../../../fit/test/helpers/with-one-nan.js';

/** Digests of the whole training by its place, taken after each batch and each epoch. */
interface StateWatch extends CallbackHooks {
  readonly digests: ReadonlyMap<string, string>;
}

/** A callback that takes them. */
export function watchState(): StateWatch {
  const digests = new Map<string, string>();
  let model: TrainerView | undefined;
  const look = () =>
    model?.requestBackup(async (capture) => {
      const { epoch, batch, step } = capture.state.progress;
      digests.set(`epoch ${epoch} batch ${batch} step ${step}`, await digestOf(capture));
      capture.dispose();
    });
  return {
    batchLogs: false,
    digests,
    setModel: (view) => void (model = view),
    onTrainBatchEnd: look,
    onEpochEnd: look,
  };
}

async function digestOf({ entries, state }: TrainingCapture): Promise<string> {
  const sums: Record<string, number> = {};
  for (const entry of [...entries].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const { name } = entry;
    const [kind = ''] = name.split('/');
    sums[kind] = crc32(await withOneNaN(entry), crc32(new TextEncoder().encode(name), sums[kind]));
  }
  const { logs, learningRate, optimizer, seed } = state;
  const callbacks = (state['callbacks'] as readonly StateRecord[]).filter(
    ({ name }) => name !== 'BackupAndRestore',
  );
  return JSON.stringify({ sums, logs, learningRate, optimizer, seed, callbacks }, exactly);
}

/** JSON has no word for these. */
function exactly(_key: string, value: unknown): unknown {
  if (Object.is(value, -0)) return 'number -0';
  return typeof value === 'number' && !Number.isFinite(value) ? `number ${value}` : value;
}
