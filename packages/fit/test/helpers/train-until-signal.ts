import '@tensorflow/tfjs-layers';
import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CallbackHooks, type HookName } from '@keepfit/callbacks';
import { untilSignal, useBackend } from '@keepfit/fit';
import { fsStore } from '@keepfit/store-fs';
import { trainPlain } from './train-plain.js';

/** What the process is told by its first argument, in JSON. */
export interface SignalOrder {
  readonly folder: string;
  readonly init: number;
  readonly signals: readonly string[];
  /** The hook's so many-th call waits for the signal. */
  readonly hook: HookName;
  readonly call: number;
  /** Whether training hangs once the signal has come. */
  readonly hangs: boolean;
}

/**
 * A process that trains until it gets a signal. It writes `waiting` to stdout when it is to come, `aborted`
 * when it has.
 */
const { folder, init, signals, hook, call, hangs } = JSON.parse(process.argv[2] ?? '') as SignalOrder;
await useBackend(cpuBackend());
await untilSignal(signals, (preemption) => {
  const backup = new BackupAndRestore(fsStore(folder), { saveFreq: 3, preemption });
  return trainPlain({ init, before: [backup, waiting(preemption)] });
});
process.stdout.write('ended\n');

function waiting(preemption: AbortSignal): CallbackHooks {
  let calls = 0;
  return {
    batchLogs: false,
    [hook]: async () => {
      calls += 1;
      if (calls !== call) return;
      // Keeps the process alive while it waits.
      const timer = setInterval(() => undefined, 1e6);
      const aborted = new Promise((resolve) => preemption.addEventListener('abort', resolve));
      process.stdout.write('waiting\n');
      await aborted;
      process.stdout.write('aborted\n');
      if (hangs) await new Promise(() => undefined);
      clearInterval(timer);
    },
  };
}
