import type { CallbackHooks } from '@keepfit/callbacks';

/** A clock of another origin in each process, and a callback by which it advances with the training. */
export interface BatchClock {
  /** The time in ms. */
  readonly now: () => number;
  /** Lets 100 s pass with each train batch and 10 s with each test batch, when they begin. */
  readonly passTime: CallbackHooks;
  /** The same when they end. */
  readonly passTimeLate: CallbackHooks;
}

let origin = 5000;

export function batchClock(): BatchClock {
  // The time in which no training runs must not count.
  let time = (origin += 1e9);
  const pass = (seconds: number) => () => void (time += seconds * 1000);
  return {
    now: () => time,
    passTime: { batchLogs: false, onTrainBatchBegin: pass(100), onTestBatchBegin: pass(10) },
    passTimeLate: { batchLogs: false, onTrainBatchEnd: pass(100), onTestBatchEnd: pass(10) },
  };
}
