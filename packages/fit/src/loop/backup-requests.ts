import type { Logs, StateValue, TrainingCapture } from '@keepfit/callbacks';
import { getLearningRate } from '../optimizer/optimizer-state.js';
import { captureTraining, shareCapture } from '../state/capture-training.js';
import { describeProgress } from '../state/saved-state.js';
import type { BatchSource } from '../data/batch-source.js';
import type { FitState } from './fit-state.js';

type Sink = (capture: TrainingCapture) => void | Promise<void>;
type SharedCapture = ReturnType<typeof shareCapture>;

/** The backups that callbacks request: the loop hands them captures at its next point. */
export class BackupRequests {
  readonly #state: FitState;
  #sinks: Sink[] = [];

  constructor(state: FitState) {
    this.#state = state;
  }

  /** Whether a sink waits for a capture. */
  get arePending(): boolean {
    return this.#sinks.length > 0;
  }

  add(sink: Sink): void {
    this.#sinks.push(sink);
    this.#state.checksums.want();
  }

  /** Hands a capture of this instant to every sink that waits. */
  async deliver(): Promise<void> {
    await this.#notifyBackup();
    const shared = await this.#capture();
    try {
      await this.#deliver(shared);
    } finally {
      shared.dispose();
    }
  }

  /**
   * Runs a validation. A backup requested in it holds the state of the last train batch, so that a resume
   * validates from scratch.
   */
  async duringValidation<T>(validation: (afterBatch: () => Promise<void>) => Promise<T>): Promise<T> {
    const shared = await this.#capture();
    try {
      return await validation(async () => {
        if (!this.arePending) return;
        await this.#notifyBackup();
        await this.#deliver(shared);
      });
    } finally {
      shared.dispose();
    }
  }

  /** A stop that a hook asks for here takes effect at once because the batch is over. */
  async #notifyBackup(): Promise<void> {
    const { callbacks, plan } = this.#state;
    const wasStopping = plan.control.stopTraining;
    await callbacks.onBackup();
    if (!wasStopping) this.#state.applyStop();
  }

  async #capture(): Promise<SharedCapture> {
    // The means in a checkpoint cover all batches so far; nothing trains while they are read.
    await this.#state.logs.flush();
    const { firstBatch = null, lastBatch = null } = await this.#state.checksums.read();
    const { plan, progress, stream, seed, lastLogs, logs, callbacks, order } = this.#state;
    const { model, optimizer, slots, control } = plan;
    const state = {
      progress: describeProgress(progress, stream.position),
      data: {
        ...order.describe(),
        firstBatch,
        lastBatch,
        rows: describeRows(plan.source.rows),
      },
      seed,
      learningRate: getLearningRate(optimizer),
      stopTraining: control.stopTraining,
      lastLogs: keepNumbers(lastLogs),
      callbacks: callbacks.getState(),
      fingerprint: this.#state.fingerprint(),
    };
    return shareCapture(captureTraining({ model, optimizer, slots, logs, state }));
  }

  async #deliver(shared: SharedCapture): Promise<void> {
    const sinks = this.#sinks;
    this.#sinks = [];
    for (const sink of sinks) await sink(shared.retain());
  }
}

/** A hook may have put anything into the logs; a checkpoint keeps the numbers. */
function keepNumbers(logs: Logs): Logs {
  return Object.fromEntries(Object.entries(logs).filter(([, value]) => typeof value === 'number'));
}

function describeRows(rows: BatchSource['rows']): StateValue {
  if (rows === undefined) return null;
  const { count, checksums } = rows.saved;
  return { count, checksums };
}
