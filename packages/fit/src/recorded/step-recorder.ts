import { KeepfitError, type Verification } from '@keepfit/callbacks';
import { printWarning } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { Model, ModelRecording } from '../contract/model.js';
import { createRandomStream } from '../random/random-stream.js';
import { withRandom } from '../random/with-random.js';
import type { Computation, TensorLists } from '../steps/compute.js';
import { areShared, type Leaves, listLeaves, withoutTrace } from './leaves.js';
import { Refusal } from './recorded-call.js';
import { Recording } from './recording.js';

/** How often a step is computed before it is recorded: a model may make what it keeps at its first ones. */
const FIRST_STEPS = { train: 2, test: 1, predict: 1 } as const;

/** Recordings of batches of other shapes are few, such as that of the last batch of an epoch. */
const MOST_RECORDINGS = 8;

/** After so many replayed steps without a comparison there is one, which costs two steps. */
const MOST_UNVERIFIED = 500;

/** A computation whose batch can be kept. */
export type HeldComputation = Computation & Required<Pick<Computation, 'retain'>>;

/** A training step that was replayed. */
interface ReplayedStep {
  readonly what: Computation;
  readonly run: () => TensorLists;
  /** Gives its batch free. */
  readonly release: () => void;
}

type SetStatus = (status: { readonly active: boolean; readonly reason: string | undefined }) => void;

interface Entry {
  readonly recording: Recording;
  /** How many comparisons were good. */
  comparisons: number;
  /** The last training step that was replayed since the last comparison. */
  last: ReplayedStep | undefined;
}

/**
 * Records the steps of a run, and replays them.
 *
 * ```
 * compute ─▶ seen too rarely? ──────────────▶ run
 *        ├─▶ seen often enough ────────────▶ run, noting each kernel ─▶ Recording
 *        ├─▶ first replay, of an epoch too ─▶ replay and run, compared
 *        └─▶ otherwise ────────────────────▶ replay, verified by a later comparison of the recording
 * ```
 *
 * If a recording may not hold, it runs the step and says why.
 */
export class StepRecorder {
  readonly #model: Model;
  readonly #isForced: boolean;
  readonly #setStatus: SetStatus;
  readonly #recordings = new Map<string, Entry>();
  readonly #seen = new Map<string, number>();
  /** The recordings that were compared in this epoch. */
  readonly #compared = new Set<Entry>();
  #description: ModelRecording | undefined;
  readonly #backend = tf.backend();
  /** Why nothing is recorded in this run. */
  #refusal: string | undefined;
  /** How many training steps were replayed since all recordings were verified. */
  #replayed = 0;
  #hasFailed = false;

  /**
   * @param description What the recordings rely on, as it is before the first step.
   * @param isForced Whether the user vouches for the parts of the model that are not known.
   */
  constructor(
    model: Model,
    description: ModelRecording | undefined,
    isForced: boolean,
    setStatus: SetStatus,
  ) {
    this.#model = model;
    this.#description = description;
    this.#isForced = isForced;
    this.#setStatus = setStatus;
    this.#report('the first steps run normally, and one of them is recorded');
  }

  /** Before each epoch: the first replay of each recording is compared again. */
  beginEpoch(): void {
    this.#compared.clear();
  }

  /** Whether a recording differed from the step after it was replayed. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Tells whether the steps so far are exact. Undefined if they are verified. */
  get verification(): Verification | undefined {
    const replayed = this.#unverified.map((entry) => ({ entry, comparisons: entry.comparisons }));
    if (replayed.length === 0) return undefined;
    const findStatus = (): Verification['status'] => {
      if (replayed.every(({ entry, comparisons }) => entry.comparisons > comparisons)) return 'passed';
      return this.#hasFailed ? 'failed' : 'open';
    };
    return {
      get status() {
        return findStatus();
      },
      run: () => this.verify(),
    };
  }

  /** Computes a part of a step, as `Compute` says. */
  compute<Tensors extends TensorLists>(what: HeldComputation, run: () => Tensors): Tensors {
    if (this.#refusal !== undefined) return run();
    const leaves = listLeaves(this.#model, what);
    try {
      return this.#compute(what, leaves, run);
    } finally {
      tf.dispose(leaves.states);
    }
  }

  /**
   * Compares each recording by the last training step that it replayed since its last comparison. Changes nothing in
   * the model.
   *
   * @throws KEEPFIT_INVALID_STATE when a recording differs from the step.
   */
  verify(): void {
    if (this.#hasFailed || this.#unverified.length === 0) return;
    this.#dropIfChanged();
    for (const entry of this.#unverified) this.#compareLast(entry, entry.last as ReplayedStep);
  }

  /** Frees the recordings. What they replayed counts as verified: nothing can be compared with it any more. */
  dispose(): void {
    for (const entry of this.#recordings.values()) {
      entry.recording.dispose();
      this.#noteComparison(entry);
    }
    this.#recordings.clear();
    this.#compared.clear();
  }

  /** The recordings that replayed training steps since their last comparison. */
  get #unverified(): Entry[] {
    return [...this.#recordings.values()].filter(({ last }) => last !== undefined);
  }

  #compute<Tensors extends TensorLists>(what: HeldComputation, leaves: Leaves, run: () => Tensors): Tensors {
    this.#dropIfChanged();
    if (this.#refusal !== undefined) return run();
    const { key, infos } = leaves;
    const entry = this.#recordings.get(key);
    if (entry === undefined) return this.#canRecord(what, key) ? this.#record(what, leaves, run) : run();
    if (this.#replayed >= MOST_UNVERIFIED) this.verify();
    if (!this.#compared.has(entry)) return this.#compare(entry, what, leaves, run);
    const replayed = entry.recording.replay(what.weights, infos);
    if (what.kind === 'train') this.#noteReplay(entry, what, run);
    return replayed as Tensors;
  }

  #canRecord({ kind }: Computation, key: string): boolean {
    const seen = this.#seen.get(key) ?? 0;
    this.#seen.set(key, seen + 1);
    return seen >= FIRST_STEPS[kind] && this.#recordings.size < MOST_RECORDINGS;
  }

  #record<Tensors extends TensorLists>(what: Computation, leaves: Leaves, run: () => Tensors): Tensors {
    // At another step: an optimizer of averages may share for one.
    if (areShared(leaves, what.weights)) return run();
    const { key, infos } = leaves;
    const { lists, recording } = Recording.make(
      this.#model,
      what,
      infos,
      this.#description?.noise ?? [],
      run,
    );
    if (recording instanceof Refusal) this.#refuse(recording.message);
    else this.#recordings.set(key, { recording, comparisons: 0, last: undefined });
    return lists;
  }

  #compare<Tensors extends TensorLists>(
    entry: Entry,
    what: Computation,
    { infos }: Leaves,
    run: () => Tensors,
  ): Tensors {
    const { lists, difference } = entry.recording.compare(what, infos, run);
    if (difference === undefined) {
      this.#noteComparison(entry);
      this.#compared.add(entry);
      this.#setStatus({ active: true, reason: undefined });
      return lists;
    }
    try {
      if (entry.comparisons > 0) this.#fail(difference);
      // What other recordings have replayed is as doubtful.
      this.verify();
    } catch (error) {
      tf.dispose(Object.values(lists).flat());
      throw error;
    }
    this.#drop(`its first replay differed from the step itself in ${difference}`);
    printWarning(
      `keepfit: a recorded step differed from the step itself in ${difference}, so steps run normally. ` +
        'A part of the model computes from something that is no weight, state or input',
    );
    return lists;
  }

  #fail(difference: string): never {
    this.#hasFailed = true;
    throw createDifferenceError(difference);
  }

  /** Compares a recording by the last step that it replayed. */
  #compareLast(entry: Entry, { what, run }: ReplayedStep): void {
    // Any random numbers will do, but for those of the next step.
    const random = createRandomStream(0, 'step', 0);
    withoutTrace(this.#model, what, () => {
      const leaves = listLeaves(this.#model, what);
      try {
        const lists = withRandom(random, () => this.#compare(entry, what, leaves, run));
        tf.dispose(Object.values(lists).flat());
      } finally {
        tf.dispose(leaves.states);
      }
    });
  }

  #noteReplay(entry: Entry, what: HeldComputation, run: () => TensorLists): void {
    const { last } = entry;
    entry.last = { what, run, release: what.retain() };
    last?.release();
    this.#replayed += 1;
  }

  #noteComparison(entry: Entry): void {
    entry.comparisons += 1;
    entry.last?.release();
    entry.last = undefined;
    if (this.#unverified.length === 0) this.#replayed = 0;
  }

  /** Drops the recordings when the model, the kernels or the backend are not what they were. */
  #dropIfChanged(): void {
    if (this.#backend !== tf.backend()) return this.#refuse('the backend was changed during the run');
    const isOther = [...this.#recordings.values()].some(({ recording }) => !recording.hasSameKernels());
    if (!isOther && this.#description?.findChange() === undefined) return;
    this.dispose();
    this.#description = this.#model.describeRecording?.();
    const { refusal } = this.#description ?? {};
    if (refusal !== undefined && !this.#isForced) this.#refuse(refusal);
  }

  /** Ends the recording of this run. */
  #drop(reason: string): void {
    this.#refusal = reason;
    this.dispose();
    this.#report(reason);
  }

  #refuse(reason: string): void {
    this.#drop(reason);
    if (this.#isForced) printWarning(`keepfit: replay is true, and steps are not replayed: ${reason}`);
  }

  #report(reason: string): void {
    this.#setStatus({ active: false, reason });
  }
}

function createDifferenceError(difference: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_INVALID_STATE',
    `a recorded step no longer gives what the step itself gives: ${difference} differs. Something that the model computes with has changed ` +
      'and is no weight, state or input. The last backup that is kept is from before; run it again with replay: false',
  );
}
