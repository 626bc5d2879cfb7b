import type { Verification } from '@keepfit/callbacks';
import { printWarning } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { Model, ModelRecording } from '../contract/model.js';
import { type Batch, disposeBatches, retainBatch } from '../data/batch-source.js';
import { loadOnDemand } from '../load-on-demand.js';
import type { StepRecorder } from '../recorded/step-recorder.js';
import { type Compute, computeNormally } from '../steps/compute.js';
import type { Unrecordable } from '../steps/step.js';

/** Whether steps are replayed: if it is exact, also with functions that the user vouches for, or not. */
export type ReplayOption = 'auto' | boolean;

/** Whether the steps of a run are replayed from a recording. */
export interface ReplayStatus {
  readonly active: boolean;
  /** Why not; undefined if they are. */
  readonly reason: string | undefined;
}

/** What a run asks of the recorder. */
export interface ReplayRequest {
  readonly option: ReplayOption;
  /** How many batches the run computes, those of validations too; undefined if that is not known before its end. */
  readonly batches: number | undefined;
  readonly report: (status: ReplayStatus) => void;
}

/** The backends whose kernels give every output new memory, and whose calls cost more than many kernels. */
const BACKENDS = ['wasm', 'cpu'];

/** With fewer batches, 'auto' records nothing: to record and compare takes longer than the replayed steps save. */
const FEWEST_BATCHES = 16;

/** The recorder of a run, if its steps can be recorded. */
export class Replay {
  #recorder: StepRecorder | undefined;

  /** Computes a part of a step, by a recording if there is one. */
  readonly compute: Compute = (what, run) =>
    this.#recorder === undefined
      ? computeNormally(what, run)
      : this.#recorder.compute({ retain: () => holdBatch(what.batch), ...what }, run);

  /** Before the first step. Without a call, all steps run normally. */
  async open(
    model: Model,
    unrecordable: Unrecordable | undefined,
    { option, batches, report }: ReplayRequest,
  ): Promise<void> {
    const obstacle = findObstacle(unrecordable, option, batches);
    // Before the first step: a change that a hook makes later is found.
    const description = obstacle === undefined ? model.describeRecording?.() : undefined;
    const reason = obstacle ?? (option === true ? undefined : findUnknown(description));
    if (reason !== undefined) {
      report({ active: false, reason });
      if (option === true) printWarning(`keepfit: replay is true, and no step is replayed: ${reason}`);
      return;
    }
    const { StepRecorder } = await loadOnDemand(
      () => import('../recorded/step-recorder.js'),
      'the code that records steps could not be loaded; serve every file of the build',
    );
    this.#recorder = new StepRecorder(model, description, option === true, report);
  }

  /** Whether steps may be replayed. Then they are verified now and then. */
  get isOpen(): boolean {
    return this.#recorder !== undefined;
  }

  /** Tells whether the steps so far are exact. Undefined if they are verified. */
  get verification(): Verification | undefined {
    return this.#recorder?.verification;
  }

  /** Before an epoch: the first step that each recording replays is compared. */
  beginEpoch(): void {
    this.#recorder?.beginEpoch();
  }

  /**
   * Compares what was replayed since the last comparison.
   *
   * @throws KEEPFIT_INVALID_STATE when a recorded step no longer gives what the step itself gives.
   */
  verify(): void {
    this.#recorder?.verify();
  }

  /** After a run that failed for another reason: tells whether its steps were exact. */
  verifyFailedRun(): void {
    try {
      this.verify();
    } catch (error) {
      // What made the run fail may make the comparison fail too. It tells nothing then.
      if (this.#recorder?.hasFailed === true) printWarning(`keepfit: ${(error as Error).message}`);
    }
  }

  dispose(): void {
    this.#recorder?.dispose();
    this.#recorder = undefined;
  }
}

/** Returns the function that gives the batch free. */
function holdBatch(batch: Batch): () => void {
  retainBatch(batch);
  return () => disposeBatches([batch]);
}

/** Why no model is recorded in such a run. */
function findObstacle(
  unrecordable: Unrecordable | undefined,
  option: ReplayOption,
  batches = Infinity,
): string | undefined {
  if (option === false) return 'replay is false';
  if (!BACKENDS.includes(tf.getBackend()))
    return `steps are replayed on ${BACKENDS.join(' and ')}, and the backend is ${tf.getBackend()}`;
  if (unrecordable !== undefined && !(option === true && unrecordable.canVouch)) return unrecordable.reason;
  if (option === 'auto' && batches < FEWEST_BATCHES)
    return `the run has few batches (${batches}), and to record a step takes longer than replaying saves`;
  return undefined;
}

/** Why nobody can tell whether the model can be recorded. */
function findUnknown(description: ModelRecording | undefined): string | undefined {
  if (description !== undefined) return description.refusal;
  return 'the model was not made from layers of tfjs; give replay: true if its outputs depend on nothing but weights, states, inputs and constants';
}
