import { KeepfitError } from '@keepfit/callbacks';
import { printWarning } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { Model, ModelRecording } from '../contract/model.js';
import { createRandomStream } from '../random/random-stream.js';
import { withRandom } from '../random/with-random.js';
import type { Computation, Compute, TensorLists } from '../steps/compute.js';
import { areShared, type Leaves, listLeaves, withoutTrace } from './leaves.js';
import { Refusal } from './recorded-call.js';
import { Recording } from './recording.js';

/** How often a step is computed before it is recorded: a model may make what it keeps at its first ones. */
const FIRST_STEPS = { train: 2, test: 1, predict: 1 } as const;

/** Recordings of batches of other shapes are few, such as that of the last batch of an epoch. */
const MOST_RECORDINGS = 8;

/** Backups that follow so few replayed steps cost more comparisons than replaying saves. */
const FEW_STEPS = 4;

/** The last step that was replayed since its recording was compared. */
interface Unproven {
  readonly what: Computation;
  readonly run: () => TensorLists;
  /** Gives its batch free; undefined if the batch is disposed after the step. */
  readonly release: (() => void) | undefined;
}

type SetStatus = (status: { readonly active: boolean; readonly reason: string | undefined }) => void;

interface Entry {
  readonly recording: Recording;
  isProven: boolean;
}

/**
 * Records the steps of a run, and replays them.
 *
 * ```
 * compute ─▶ seen too rarely? ──────────────▶ run
 *        ├─▶ seen often enough ────────────▶ run, noting each kernel ─▶ Recording
 *        ├─▶ first replay, of an epoch too ─▶ replay and run, compared
 *        └─▶ otherwise ────────────────────▶ replay
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
  /** The kinds of steps that were compared in this epoch. */
  readonly #compared = new Set<Computation['kind']>();
  #description: ModelRecording | undefined;
  readonly #backend = tf.backend();
  /** Why nothing is recorded in this run. */
  #refusal: string | undefined;
  /** By recording, the training step that was replayed last, if no comparison followed. */
  readonly #unproven = new Map<Entry, Unproven>();
  #replayed = 0;
  /** How many backups in a row came after few replayed steps. */
  #quickBackups = 0;

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

  /** Before each epoch: the first replay is compared again. */
  beginEpoch(): void {
    this.#compared.clear();
    this.#quickBackups = 0;
  }

  readonly compute: Compute = (what, run) => {
    if (this.#refusal !== undefined || this.#isResting) return run();
    const leaves = listLeaves(this.#model, what);
    try {
      return this.#compute(what, leaves, run);
    } finally {
      tf.dispose(leaves.states);
    }
  };

  /**
   * Before a backup: compares the recording by the last step that was replayed, so that no checkpoint holds what was
   * not compared. Changes nothing in the model. The batch of that step must not be disposed yet.
   *
   * @throws KEEPFIT_INVALID_STATE when the recording differs from the step.
   */
  prove(): void {
    if (this.#unproven.size > 0) this.#dropIfChanged();
    if (this.#unproven.size === 0) return;
    this.#quickBackups = this.#replayed < FEW_STEPS ? this.#quickBackups + 1 : 0;
    const replayed = this.#replayed;
    for (const [entry, unproven] of this.#unproven) this.#proveLast(entry, unproven);
    this.#replayed = 0;
    if (this.#isResting)
      this.#report(`backups come after ${replayed} replayed steps, and each needs a comparison`);
  }

  /** Frees the recordings. */
  dispose(): void {
    for (const { recording } of this.#recordings.values()) recording.dispose();
    this.#recordings.clear();
    for (const { release } of this.#unproven.values()) release?.();
    this.#unproven.clear();
  }

  /** Whether backups are so frequent that replaying does not pay in this epoch. */
  get #isResting(): boolean {
    return this.#quickBackups > 1;
  }

  #compute<Tensors extends TensorLists>(what: Computation, leaves: Leaves, run: () => Tensors): Tensors {
    this.#dropIfChanged();
    if (this.#refusal !== undefined) return run();
    const { key, infos } = leaves;
    const entry = this.#recordings.get(key);
    if (what.kind === 'train') this.#proveDisposed(entry);
    if (entry === undefined) return this.#canRecord(what, key) ? this.#record(what, leaves, run) : run();
    if (!entry.isProven || !this.#compared.has(what.kind)) return this.#compare(entry, what, leaves, run);
    const replayed = entry.recording.replay(what.weights, infos);
    if (what.kind === 'train') {
      this.#noteUnproven(entry, what, run);
      this.#replayed += 1;
    }
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
    else this.#recordings.set(key, { recording, isProven: false });
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
      entry.isProven = true;
      this.#compared.add(what.kind);
      if (what.kind === 'train') this.#noteProof(entry);
      this.#setStatus({ active: true, reason: undefined });
      return lists;
    }
    if (entry.isProven) {
      tf.dispose(Object.values(lists).flat());
      throw createDifferenceError(difference);
    }
    this.#drop(`its first replay differed from the step itself in ${difference}`);
    printWarning(
      `keepfit: a recorded step differed from the step itself in ${difference}, so steps run normally. ` +
        'A part of the model computes from something that is no weight, state or input',
    );
    return lists;
  }

  /** Before a step: those of other recordings are proven whose batch is disposed after it. */
  #proveDisposed(entry: Entry | undefined): void {
    for (const [other, unproven] of this.#unproven)
      if (other !== entry && unproven.release === undefined) this.#proveLast(other, unproven);
  }

  /** Compares a recording by the last step that was replayed. */
  #proveLast(entry: Entry, { what, run }: Unproven): void {
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

  #noteUnproven(entry: Entry, what: Computation, run: () => TensorLists): void {
    const former = this.#unproven.get(entry);
    this.#unproven.set(entry, { what, run, release: what.retain?.() });
    former?.release?.();
  }

  #noteProof(entry: Entry): void {
    this.#unproven.get(entry)?.release?.();
    this.#unproven.delete(entry);
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
      'and is no weight, state or input. The last backup is from before; run it again with replay: false',
  );
}
