import type { CallbackList, Logs, StateRecord } from '@keepfit/callbacks';
import { BatchStream } from '../data/batch-stream.js';
import { RunningLogs } from '../objective/running-logs.js';
import { drawSeed } from '../random/random-stream.js';
import { createFingerprint } from '../state/fingerprint.js';
import type { FitProgress } from '../state/saved-state.js';
import type { FitPlan } from './fit-plan.js';

/** The state of a fit while it runs: the loop advances it, a backup captures it, and a resume sets it. */
export class FitState {
  readonly plan: FitPlan;
  readonly callbacks: CallbackList;
  /** Of the current epoch. */
  readonly logs: RunningLogs;
  progress: FitProgress;
  seed: number;
  stream: BatchStream;
  /** Of the last epoch that ended. */
  lastLogs: Logs = {};
  /** Whether a stop has taken effect: no batch and no epoch follows. */
  isStopped = false;
  /** Whether the data gave fewer batches than the epoch needs: no batch and no epoch follows. */
  isOutOfData = false;

  constructor(plan: FitPlan, callbacks: CallbackList) {
    this.plan = plan;
    this.callbacks = callbacks;
    this.logs = new RunningLogs(plan.objective.logPlan);
    this.progress = { epoch: plan.initialEpoch, batch: 0, step: 0, epochBegun: false };
    this.seed = plan.seed ?? drawSeed();
    this.stream = new BatchStream(plan.source, this.seed);
  }

  /** Makes a stop that was asked for take effect. */
  applyStop(): void {
    this.isStopped = this.plan.control.stopTraining;
  }

  fingerprint(): StateRecord {
    const { model, optimizer, settings } = this.plan;
    return createFingerprint(model, optimizer, settings);
  }
}
