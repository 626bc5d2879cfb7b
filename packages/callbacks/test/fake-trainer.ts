import type { Logs } from '../src/contract/logs.js';
import type { TensorValues, WeightValues } from '../src/contract/model-data.js';
import type { Capture, TrainingCapture } from '../src/contract/state.js';
import { History } from '../src/callbacks/history.js';
import type { Difference, OptimizerView, TrainerView } from '../src/contract/trainer-view.js';

/** A trainer of one weight, for tests: counts the captures that are held, and settles when told. */
export class FakeTrainer implements TrainerView {
  stopTraining = false;
  keepLastBackup = false;
  learningRate = 0.1;
  readonly history = new History();
  weight = 0;
  heldCaptures = 0;
  readonly directions: Record<string, 'min' | 'max'>;
  readonly #deferred: (() => void | Promise<void>)[] = [];
  readonly #requests: ((capture: TrainingCapture) => void | Promise<void>)[] = [];

  constructor(directions: Record<string, 'min' | 'max'> = {}) {
    this.directions = directions;
  }

  readonly optimizers = {};

  get optimizer(): OptimizerView {
    return { className: 'SGD', learningRate: this.learningRate, iterations: 0, config: {} };
  }

  async evaluate(): Promise<Logs> {
    return { loss: this.weight };
  }

  async predict(): Promise<TensorValues> {
    return { data: Float32Array.of(this.weight), shape: [1] };
  }

  async getWeights(): Promise<WeightValues> {
    return { weight: { data: Float32Array.of(this.weight), shape: [1] } };
  }

  setWeights(weights: WeightValues): void {
    this.weight = weights['weight']!.data[0]!;
  }

  metricDirection(logKey: string): 'min' | 'max' | undefined {
    return this.directions[logKey];
  }

  requestBackup(sink: (capture: TrainingCapture) => void | Promise<void>): void {
    this.#requests.push(sink);
  }

  async compare(): Promise<readonly Difference[]> {
    return [];
  }

  restore(): Promise<boolean> {
    return Promise.resolve(false);
  }

  async weightsAreFinite(): Promise<boolean> {
    return Number.isFinite(this.weight);
  }

  captureWeights(): Capture {
    return this.#capture(this.weight);
  }

  async restoreWeights(weights: Capture): Promise<void> {
    this.weight = await valueOf(weights);
  }

  async averageWeights(average: Capture | undefined, momentum: number): Promise<Capture> {
    if (average === undefined) return this.captureWeights();
    const [old, weight] = [await valueOf(average), Math.fround(this.weight)];
    return this.#capture(Math.fround(Math.fround(momentum * old) + Math.fround((1 - momentum) * weight)));
  }

  defer(release: () => void | Promise<void>): void {
    this.#deferred.push(release);
  }

  /** Does what a loop does after all hooks of a point have run. */
  async captureRequested(): Promise<void> {
    for (const sink of this.#requests.splice(0)) {
      const weights = this.captureWeights();
      await sink({
        entries: weights.entries,
        state: { progress: { epoch: 0, batch: 0, step: 0 } },
        dispose: () => weights.dispose(),
      });
    }
  }

  /** Does what a loop does when fit settles: every release runs, and the first error counts. */
  async settle(): Promise<void> {
    const failures: { readonly error: unknown }[] = [];
    for (const release of this.#deferred.splice(0).reverse()) {
      try {
        await release();
      } catch (error) {
        failures.push({ error });
      }
    }
    if (failures[0] !== undefined) throw failures[0].error;
  }

  #capture(value: number): Capture {
    this.heldCaptures += 1;
    let isHeld = true;
    const read = () => {
      if (!isHeld) return Promise.reject(new Error('the capture was read after it was disposed'));
      return Promise.resolve(new Uint8Array(Float32Array.of(value).buffer));
    };
    return {
      entries: [{ name: 'weight', dtype: 'float32', shape: [1], read }],
      clone: () => this.#capture(value),
      dispose: () => {
        if (!isHeld) throw new Error('a capture was disposed twice');
        isHeld = false;
        this.heldCaptures -= 1;
      },
    };
  }
}

async function valueOf(weights: Capture): Promise<number> {
  const bytes = await weights.entries[0]!.read();
  return new DataView(bytes.buffer, bytes.byteOffset).getFloat32(0, true);
}
