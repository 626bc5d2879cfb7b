import { memory } from '@tensorflow/tfjs-core';
import { isKeepfitError } from 'keepfit';
import { type ThreadsEngine, threads } from '@keepfit/engine-threads';
import type { Order, Report } from '../messages.js';
import {
  SAMPLES,
  type TrainingControls,
  trainDigits,
  type TrainingReports,
} from '../training/train-digits.js';
import { findBackup } from './backups.js';
import { loadDigits } from './load-digits.js';
import { measureSpeed } from './measure-speed.js';
import { openStore } from './open-store.js';
import { startBackend } from './start-backend.js';
import { watchStore } from './watch-store.js';

type TrainOrder = Extract<Order, { kind: 'train' }>;

/** One training from its begin to its end, pause or failure. */
export class TrainingRun {
  readonly #report: (report: Report) => void;
  readonly #pause = new AbortController();
  readonly #place = { epoch: 0, batch: 0 };
  /** The position of the training at each backup that is not yet durable, in order. */
  readonly #captured: { readonly epoch: number; readonly batch: number }[] = [];
  #controls: TrainingControls | undefined;
  readonly #measureSpeed = measureSpeed();
  #engine: ThreadsEngine | undefined;
  #isStopped = false;

  constructor(report: (report: Report) => void) {
    this.#report = report;
  }

  async train({ settings, store, onMismatch, software }: TrainOrder): Promise<void> {
    const report = this.#report;
    try {
      report({ kind: 'starting', what: 'Loading the digits' });
      const { training, test } = await loadDigits(settings.digits);
      report({
        kind: 'images',
        pixels: test.x.data.slice(0, SAMPLES * 28 * 28) as Float32Array,
        labels: test.y.data.slice(0, SAMPLES) as Int32Array,
      });
      report({ kind: 'starting', what: 'Starting the backend' });
      const backend = await startBackend(settings.backend, software);
      this.#engine = settings.workers === 0 ? undefined : threads({ workers: settings.workers });
      const weights = await trainDigits({
        settings,
        store: watchStore(openStore(store), (bytes, milliseconds) => this.#saved(bytes, milliseconds)),
        training,
        test,
        pause: this.#pause.signal,
        onMismatch,
        engine: this.#engine,
        reports: this.#reports(backend.name),
        steer: (controls) => {
          this.#controls = controls;
          // Stop may have been pressed while the digits were loaded.
          if (this.#isStopped) controls.stop();
        },
      });
      report({ kind: 'done', weights, isStopped: this.#isStopped });
    } catch (error) {
      if (isKeepfitError(error) && error.code === 'KEEPFIT_INTERRUPTED') {
        // Only the store knows where: a training that was resumed may be paused before its next batch.
        report({ kind: 'paused', backup: await findBackup([store]) });
      } else throw error;
    } finally {
      report({ kind: 'workers', workers: [] });
    }
  }

  pause(): void {
    this.#pause.abort();
  }

  stop(): void {
    this.#isStopped = true;
    this.#controls?.stop();
  }

  backUpSoon(): void {
    this.#controls?.backUpSoon();
  }

  #saved(bytes: number, milliseconds: number): void {
    const place = this.#captured.shift() ?? this.#place;
    this.#report({ kind: 'saved', bytes, milliseconds, ...place });
  }

  #reportFigures(): void {
    const { numBytes, numTensors } = memory();
    this.#report({
      kind: 'figures',
      batchesPerSecond: this.#measureSpeed(performance.now()),
      bytes: numBytes,
      tensors: numTensors,
      workers: this.#engine?.workers.length ?? 0,
    });
  }

  #reports(backend: string): TrainingReports {
    const report = this.#report;
    return {
      begin: (steps, epochs) => report({ kind: 'begin', steps, epochs, backend }),
      epoch: (epoch) => {
        Object.assign(this.#place, { epoch, batch: 0 });
        report({ kind: 'epoch', epoch });
      },
      batch: (batch) => {
        this.#place.batch = batch + 1;
        report({ kind: 'batch', batch });
        if (this.#engine !== undefined) report({ kind: 'workers', workers: this.#engine.workers });
        this.#reportFigures();
      },
      backup: () => this.#captured.push({ ...this.#place }),
      curve: (curve) => report({ kind: 'curve', curve }),
      history: (epochs, history) => report({ kind: 'history', epochs, history }),
      samples: (probabilities) => report({ kind: 'samples', probabilities }),
    };
  }
}
