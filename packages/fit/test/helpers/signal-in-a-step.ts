import '@tensorflow/tfjs-layers';
import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CallbackHooks, type HookName } from '@keepfit/callbacks';
import { untilSignal, useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import { trainPlain } from './train-plain.js';

/** A hook before a step, and which call of it raises the signal, from 1. */
export interface StepWithSignal {
  readonly hook: HookName;
  readonly call: number;
}

/**
 * A process that trains once for each step of its argument, and gets a signal while this step keeps the event loop
 * busy. It writes how often the hook was called, and at which step the backup is.
 */
await useBackend(cpuBackend());
process.on('SIGUSR2', () => undefined);
const ends = [];
for (const step of JSON.parse(process.argv[2] ?? '') as StepWithSignal[]) ends.push(await train(step));
process.stdout.write(JSON.stringify(ends));

async function train({ hook, call }: StepWithSignal): Promise<{ calls: number; step?: number }> {
  let calls = 0;
  const raise: CallbackHooks = {
    batchLogs: false,
    [hook]: () => {
      calls += 1;
      if (calls === call) process.kill(process.pid, 'SIGUSR2');
    },
  };
  const store = memoryStore();
  const training = untilSignal(['SIGUSR2'], (preemption) =>
    trainPlain({ before: [new BackupAndRestore(store, { preemption }), raise] }),
  );
  await training.catch(() => undefined);
  return { calls, ...(await new BackupAndRestore(store).peek()) };
}
