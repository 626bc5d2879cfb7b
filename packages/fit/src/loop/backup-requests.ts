import type {
  BackupRequestOptions,
  LogValues,
  StateRecord,
  StateValue,
  TrainingCapture,
  Verification,
} from '@keepfit/callbacks';
import { hasOwnWeights } from '../optimizer/optimizer-kind.js';
import { captureTraining, shareCapture } from '../state/capture-training.js';
import { readOptimizers } from '../state/capture-optimizers.js';
import { describeRates } from '../state/saved-optimizers.js';
import { describeProgress } from '../state/fit-progress.js';
import type { BatchSource } from '../data/batch-source.js';
import type { FitState } from './fit-state.js';

type Sink = (capture: TrainingCapture) => void | Promise<void>;

interface Request {
  readonly sink: Sink;
  readonly unverified: boolean;
}

/** Tells whether the steps of the run are exact. */
interface VerifiedSteps {
  /** Of the steps so far. Undefined if they are verified. */
  readonly verification: Verification | undefined;
  /** @throws KEEPFIT_INVALID_STATE when the steps so far are not exact. */
  verify(): void;
}

type SharedCapture = ReturnType<typeof shareCapture>;

/** The backups that callbacks request: the loop hands them captures at its next point. */
export class BackupRequests {
  readonly #state: FitState;
  readonly #steps: VerifiedSteps;
  #requests: Request[] = [];
  #wereRequested = false;

  constructor(state: FitState, steps: VerifiedSteps) {
    this.#state = state;
    this.#steps = steps;
  }

  /** Whether a sink waits for a capture. */
  get arePending(): boolean {
    return this.#requests.length > 0;
  }

  add(sink: Sink, { unverified = false }: BackupRequestOptions = {}): void {
    this.#requests.push({ sink, unverified });
    this.#wereRequested = true;
    this.#state.checksums.want();
  }

  /**
   * After a step: an optimizer that cannot be backed up is refused before more training is lost.
   *
   * @throws KEEPFIT_INVALID_OPTION when backups are wanted and the optimizer has tensors that nobody can read.
   */
  checkOptimizer(): void {
    if (!this.#wereRequested) return;
    // What `getWeights` gives is known at the backup.
    for (const { optimizer, watch } of this.#state.plan.optimizers)
      if (!hasOwnWeights(optimizer)) watch.check(optimizer, []);
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
   * Runs a validation, or the end of the training. A backup requested in it holds the state from before it, so
   * that a resume validates from scratch, and that more epochs continue as if training had not ended.
   */
  async withStateBefore<T>(work: (deliver: () => Promise<void>) => Promise<T>): Promise<T> {
    // Without a backup, an optimizer that cannot be captured is none of our business.
    const captured = await this.#capture().catch((error: unknown) => ({ error }));
    try {
      return await work(async () => {
        if (!this.arePending) return;
        if ('error' in captured) throw captured.error;
        await this.#notifyBackup();
        await this.#deliver(captured);
      });
    } finally {
      if (!('error' in captured)) captured.dispose();
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
    const { plan, progress, stream, seed, lastLogs, logs, callbacks, order } = this.#state;
    const { model, optimizers, control } = plan;
    const state = {
      progress: describeProgress(progress, stream.position),
      data: { ...order.describe(), ...NO_CHECKSUMS, rows: describeRows(plan.source.rows) },
      seed,
      ...describeRates(optimizers),
      stopTraining: control.stopTraining,
      isStopped: this.#state.isStopped,
      lastLogs: keepNumbers(lastLogs),
      callbacks: callbacks.getState(),
      fingerprint: this.#state.fingerprint(),
    };
    const snapshots = await readOptimizers(optimizers, model.weights);
    try {
      for (const { role, tensors } of snapshots) role.watch.check(role.optimizer, tensors.values());
      return shareCapture(captureTraining({ model, optimizers: snapshots, logs, state }));
    } finally {
      for (const { dispose } of snapshots) dispose();
    }
  }

  async #deliver(shared: SharedCapture): Promise<void> {
    const requests = this.#requests;
    this.#requests = [];
    if (!requests.every(({ unverified }) => unverified)) this.#steps.verify();
    const { verification } = this.#steps;
    // Only now, because they may wait for the device; nothing trains meanwhile.
    const { firstBatch = null, lastBatch = null } = await this.#state.checksums.read();
    for (const { sink } of requests) {
      const capture = withChecksums(shared.retain(), { firstBatch, lastBatch });
      await sink(verification === undefined ? capture : { ...capture, verification });
    }
  }
}

const NO_CHECKSUMS = { firstBatch: null, lastBatch: null };

function withChecksums(
  capture: TrainingCapture,
  checksums: Readonly<Record<keyof typeof NO_CHECKSUMS, number | null>>,
): TrainingCapture {
  const { state } = capture;
  return { ...capture, state: { ...state, data: { ...(state['data'] as StateRecord), ...checksums } } };
}

/** A hook may have put anything into the logs; a checkpoint keeps the numbers. */
function keepNumbers(logs: Readonly<Record<string, number | undefined>>): LogValues {
  return Object.fromEntries(
    Object.entries(logs).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}

function describeRows(rows: BatchSource['rows']): StateValue {
  if (rows === undefined) return null;
  const { count, checksums } = rows.saved;
  return { count, checksums };
}
