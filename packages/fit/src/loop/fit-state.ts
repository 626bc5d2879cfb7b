import type { CallbackList, Logs, StateRecord } from '@keepfit/callbacks';
import { BatchChecksums } from '../data/batch-checksum.js';
import { BatchStream, type StreamPosition } from '../data/batch-stream.js';
import { DatasetOrder } from '../data/dataset-order.js';
import { RunningLogs } from '../objective/running-logs.js';
import { drawSeed } from '../random/random-stream.js';
import { createFingerprint, describeShards } from '../state/fingerprint.js';
import type { FitProgress } from '../state/fit-progress.js';
import type { FitPlan } from './fit-plan.js';

/** The state of a fit while it runs: the loop advances it, a backup captures it, and a resume sets it. */
export class FitState {
  readonly plan: FitPlan;
  readonly callbacks: CallbackList;
  /** Of the current epoch. */
  readonly logs: RunningLogs;
  progress: FitProgress;
  seed: number;
  /** Into how many shards a batch is cut. */
  shards: number;
  stream: BatchStream;
  /** Of the batches trained. */
  readonly checksums = new BatchChecksums();
  /** The order in which the iterators of the fit's datasets are opened. */
  readonly order: DatasetOrder;
  /** Of the last epoch that ended. */
  lastLogs: Partial<Logs> = {};
  /** Whether a stop has taken effect: no batch and no epoch follows. */
  isStopped = false;
  /** Whether the data gave fewer batches than the epoch needs: no batch and no epoch follows. */
  isOutOfData = false;

  constructor(plan: FitPlan, callbacks: CallbackList) {
    this.plan = plan;
    this.callbacks = callbacks;
    this.logs = new RunningLogs(plan.step.logPlan);
    this.progress = { epoch: plan.initialEpoch, batch: 0, step: 0, epochBegun: false };
    this.seed = plan.seed ?? drawSeed();
    this.shards = plan.shards ?? (plan.engine === undefined ? 1 : 4);
    this.order = new DatasetOrder(plan.source, plan.validation?.source);
    this.stream = this.openStream({ pass: 0, position: 0 }, this.seed);
  }

  /** Creates a stream of the training data. It opens them with its first batch. */
  openStream(position: StreamPosition, seed: number): BatchStream {
    return new BatchStream(this.plan.source, seed, position, {
      onOpening: this.order.noteTrained,
      onFirstBatch: (batch) => this.checksums.noteFirst(batch),
    });
  }

  /** Makes a stop that was asked for take effect. */
  applyStop(): void {
    this.isStopped = this.plan.control.stopTraining;
  }

  /** @param shards Those of the run, or of a saved training that it may continue. */
  fingerprint(shards = this.shards): StateRecord {
    const { model, optimizers, settings } = this.plan;
    return createFingerprint(model, optimizers, { ...settings, ...describeShards(shards) });
  }
}
