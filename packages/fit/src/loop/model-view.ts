import {
  type Capture,
  type Difference,
  History,
  KeepfitError,
  type SavedTraining,
  type TrainerView,
  type TrainingCapture,
} from '@keepfit/callbacks';
import type { Optimizer } from '@tensorflow/tfjs-core';
import type { Model } from '../contract/model.js';
import type { SlotOrder } from '../optimizer/slot-order.js';
import { learningRateOf, setLearningRate } from '../optimizer/optimizer-state.js';
import { averageWeights } from '../state/average-weights.js';
import { captureOf, captureWeights } from '../state/capture-training.js';
import { restoreWeights } from '../state/restore-weights.js';
import { weightsAreFinite } from '../state/weights-are-finite.js';
import type { Objective } from '../objective/objective.js';

/** What a trainer trains, and what it shares with its runs. */
export interface TrainerParts {
  readonly model: Model;
  readonly optimizer: Optimizer;
  readonly objective: Objective;
  readonly slots: SlotOrder;
  /** Set from inside a run or from outside. */
  readonly control: { stopTraining: boolean };
}

/** What callbacks see of a trainer, in an evaluation or a prediction; a fit adds backups. */
export class ModelView implements TrainerView {
  readonly history = new History();
  keepLastBackup = false;
  readonly #parts: TrainerParts;
  #releases: (() => void | Promise<void>)[] = [];

  constructor(parts: TrainerParts) {
    this.#parts = parts;
  }

  get stopTraining(): boolean {
    return this.#parts.control.stopTraining;
  }

  set stopTraining(stop: boolean) {
    this.#parts.control.stopTraining = stop;
  }

  get learningRate(): number {
    return learningRateOf(this.#parts.optimizer);
  }

  set learningRate(rate: number) {
    setLearningRate(this.#parts.optimizer, rate);
  }

  metricDirection(logKey: string): 'min' | 'max' | undefined {
    return this.#parts.objective.direction(logKey);
  }

  weightsAreFinite(): Promise<boolean> {
    return weightsAreFinite(this.#parts.model.weights);
  }

  captureWeights(): Capture {
    return captureOf(captureWeights(this.#parts.model.weights));
  }

  restoreWeights(weights: Capture): Promise<void> {
    return restoreWeights(this.#parts.model.weights, weights);
  }

  averageWeights(average: Capture | undefined, momentum: number): Promise<Capture> {
    return averageWeights(this.#parts.model.weights, average, momentum);
  }

  requestBackup(_sink: (capture: TrainingCapture) => void | Promise<void>): void {
    throw onlyInFit('requestBackup');
  }

  compare(_saved: SavedTraining): readonly Difference[] {
    throw onlyInFit('compare');
  }

  restore(_saved: SavedTraining): Promise<boolean> {
    throw onlyInFit('restore');
  }

  defer(release: () => void | Promise<void>): void {
    this.#releases.push(release);
  }

  /** Runs `work`, then what was deferred in it, last first, whatever happens. The first error of all is thrown. */
  async runAndRelease<T>(work: () => Promise<T>): Promise<T> {
    const failures: { error: unknown }[] = [];
    let result: { value: T } | undefined;
    try {
      result = { value: await work() };
    } catch (error) {
      failures.push({ error });
    }
    for (const release of this.#releases.splice(0).reverse()) {
      try {
        await release();
      } catch (error) {
        failures.push({ error });
      }
    }
    const [first] = failures;
    if (first !== undefined) throw first.error;
    return (result as { value: T }).value;
  }
}

function onlyInFit(member: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_INVALID_STATE',
    `model.${member} was called outside a fit; an evaluation or a prediction has no backups`,
  );
}
