import { once } from 'node:events';
import type { CallbackHooks } from 'keepfit';

/**
 * Creates a callback that prints the first step that this process trains, and the last one. After the step `pause`,
 * counted since epoch 0, it waits for the preemption, so that a test can interrupt a training at a known step.
 */
export function reportSteps(pause: number | undefined, preemption: AbortSignal): CallbackHooks {
  let [stepsInEpoch, epoch] = [0, 0];
  let first: number | undefined;
  let last = -1;
  return {
    batchLogs: false,
    setParams: ({ steps }) => void (stepsInEpoch = steps ?? 0),
    onEpochBegin: (begun) => void (epoch = begun),
    async onTrainBatchEnd(batch) {
      last = epoch * stepsInEpoch + batch;
      if (first === undefined) console.log(`first step ${(first = last)}`);
      if (last === pause) await waitFor(preemption, last);
    },
    onTrainEnd: () => console.log(`last step ${last}`),
  };
}

async function waitFor(preemption: AbortSignal, step: number): Promise<void> {
  console.log(`pauses after step ${step}`);
  // Node ends a process that nothing but a signal can wake.
  const timer = setInterval(() => {}, 1000);
  if (!preemption.aborted) await once(preemption, 'abort');
  clearInterval(timer);
  console.log(`interrupted after step ${step}`);
}
