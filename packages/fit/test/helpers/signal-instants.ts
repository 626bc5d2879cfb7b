import {
  BackupAndRestore,
  type CallbackHooks,
  type CheckpointStore,
  type HookName,
} from '@keepfit/callbacks';
import { type Ended, trainPlain } from './train-plain.js';

/** When a signal comes to a training of three epochs, each of four batches and two of validation. */
export type Place = HookName | 'delete' | 'save';

export interface Instant {
  /** A hook, the delete of the checkpoint, or the time after fit in which the program saves its model. */
  readonly place: Place;
  /** Which call of it waits for the signal, from 1. */
  readonly call: number;
  /** Where the callback stands that waits: before BackupAndRestore in the list, after it, or around it. */
  readonly order?: 'before' | 'after' | 'outermost';
  readonly end: 'interrupted' | 'completed';
}

export const instants: readonly Instant[] = [
  { place: 'onTrainBegin', call: 1, end: 'interrupted' },
  { place: 'onTrainBatchBegin', call: 6, end: 'interrupted' },
  { place: 'onTrainBatchEnd', call: 6, order: 'after', end: 'interrupted' },
  { place: 'onTestBatchBegin', call: 3, end: 'interrupted' },
  { place: 'onEpochEnd', call: 2, end: 'interrupted' },
  { place: 'onEpochEnd', call: 2, order: 'after', end: 'interrupted' },
  { place: 'onTrainBatchBegin', call: 12, end: 'interrupted' },
  { place: 'onTrainBatchEnd', call: 12, order: 'after', end: 'interrupted' },
  { place: 'onTestBatchBegin', call: 6, end: 'interrupted' },
  { place: 'onTestBatchEnd', call: 6, order: 'after', end: 'interrupted' },
  { place: 'onTestEnd', call: 3, end: 'interrupted' },
  { place: 'onEpochEnd', call: 3, end: 'interrupted' },
  { place: 'onEpochEnd', call: 3, order: 'after', end: 'completed' },
  { place: 'onTrainEnd', call: 1, end: 'completed' },
  { place: 'onTrainEnd', call: 1, order: 'outermost', end: 'completed' },
  { place: 'delete', call: 1, end: 'completed' },
  { place: 'save', call: 1, end: 'completed' },
];

/** Trains with a backup, and waits for `signal` at the instant. */
export async function trainUntil(
  { place, call, order = 'before' }: Pick<Instant, 'place' | 'call' | 'order'>,
  store: CheckpointStore,
  preemption: AbortSignal,
  signal: () => Promise<void>,
): Promise<Ended> {
  let calls = 0;
  const reach = async () => {
    calls += 1;
    if (calls === call) await signal();
  };
  const waiting: CallbackHooks = { batchLogs: false, outermost: order === 'outermost' };
  if (place.startsWith('on')) Object.assign(waiting, { [place]: reach });
  const waitingStore: CheckpointStore = {
    ...store,
    async delete(...args) {
      // The second checkpoint may be deleted at any time.
      if (place === 'delete' && args[0] === 'backup') await reach();
      return store.delete(...args);
    },
  };
  const backup = new BackupAndRestore(waitingStore, { saveFreq: 3, preemption });
  const ended = await trainPlain({ before: order === 'before' ? [waiting, backup] : [backup, waiting] });
  if (place === 'save') await reach();
  return ended;
}
