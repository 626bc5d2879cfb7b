import type { FoundBackup, Order, Report } from '../messages.js';
import type { Settings, StoreKind } from '../training/settings.js';
import { Chart } from './chart.js';
import { type Mode, showError, showMode } from './controls.js';
import { getElement } from './elements.js';
import { rememberPause, wasPaused } from './memory.js';
import { showImages, showPredictions } from './samples.js';
import { saveFile } from './save-file.js';
import { readSettings, readStore, showSettings } from './settings-form.js';
import { showFigures } from './show-figures.js';
import { showRoom } from './show-room.js';
import { showWorkers } from './show-workers.js';
import { describeBackup, formatPlace, formatSize } from './wording.js';

/** Whether the address ends in ?software, for tests on machines without a GPU. Software rendering is slow. */
const isSoftwareAllowed = () => new URLSearchParams(location.search).has('software');

type ReportOf<Kind extends Report['kind']> = Extract<Report, { kind: Kind }>;

/** Shows the training on the page, and holds the current mode. */
export class Show {
  readonly #order: (order: Order) => void;
  readonly #loss = new Chart(getElement('loss', HTMLElement), 'Loss');
  readonly #accuracy = new Chart(getElement('accuracy', HTMLElement), 'Accuracy');
  #mode: Mode = 'looking';
  #hasBackup = false;
  #isFirstLook = true;
  #place = { epoch: 0, batch: 0, steps: 0, epochs: 1, backend: '' };

  constructor(order: (order: Order) => void) {
    this.#order = order;
  }

  look(stores: readonly StoreKind[]): void {
    showError('');
    this.#enter('looking');
    this.#say('Looking for a backup …');
    this.#order({ kind: 'look', stores });
  }

  train(store: StoreKind, settings: Settings, onMismatch: 'error' | 'continue' | 'restart' = 'error'): void {
    rememberPause(false);
    showError('');
    this.#clearCurves();
    showFigures(undefined);
    this.#enter('training');
    this.#order({ kind: 'train', store, settings, onMismatch, software: isSoftwareAllowed() });
  }

  pause(): void {
    this.#enter('pausing');
    this.#say('Pausing: the last batch is being backed up …');
    this.#order({ kind: 'pause' });
  }

  stop(): void {
    this.#enter('stopping');
    this.#say('Stopping after this batch and its validation …');
    this.#order({ kind: 'stop' });
  }

  upload(store: StoreKind, file: File): void {
    showError('');
    // The uploaded checkpoint is shown before it is continued, also if the page is opened again.
    rememberPause(true);
    this.#enter('looking');
    this.#say(`Checking ${file.name} …`);
    this.#order({ kind: 'upload', store, file });
  }

  report(report: Report): void {
    switch (report.kind) {
      case 'found':
        return this.#found(report.backup);
      case 'starting':
        return this.#say(`${report.what} …`);
      case 'begin':
        this.#place = { ...this.#place, ...report };
        return this.#showPlace();
      case 'epoch':
        this.#place = { ...this.#place, epoch: report.epoch, batch: 0 };
        return this.#showPlace();
      case 'batch':
        this.#place = { ...this.#place, batch: report.batch + 1 };
        return this.#showPlace();
      case 'curve':
        this.#loss.showTraining({ steps: report.curve.steps, values: report.curve.loss });
        return this.#accuracy.showTraining({ steps: report.curve.steps, values: report.curve.accuracy });
      case 'history':
        return this.#showHistory(report);
      case 'images':
        return showImages(report.pixels, report.labels);
      case 'samples':
        return showPredictions(report.probabilities);
      case 'workers':
        return showWorkers(report.workers);
      case 'figures':
        return showFigures(report);
      case 'saved':
        return this.#saved(report);
      case 'done':
        return this.#done(report);
      case 'paused':
        return this.#paused(report.backup);
      case 'file':
        return saveFile(report.file, 'digits.safetensors');
      case 'error':
        return this.#failed(report);
    }
  }

  #enter(mode: Mode): void {
    this.#mode = mode;
    showMode(mode, this.#hasBackup);
  }

  #found(backup: FoundBackup | undefined): void {
    const isFirst = this.#isFirstLook;
    this.#isFirstLook = false;
    this.#hasBackup = backup !== undefined;
    void showRoom();
    this.#enter('idle');
    if (backup === undefined) {
      getElement('backup', HTMLElement).textContent = 'There is none.';
      this.#say('Ready.');
      return;
    }
    showSettings({ ...backup.settings, store: backup.store });
    const description = describeBackup(backup, Date.now());
    getElement('backup', HTMLElement).textContent = `Found: ${description}.`;
    this.#say(`Found a backup: ${description}.`);
    // A closed or discarded tab continues by itself; a paused one waits.
    if (isFirst && !wasPaused() && backup.settings !== undefined) this.train(backup.store, backup.settings);
  }

  #paused(backup: FoundBackup | undefined): void {
    this.#hasBackup = backup !== undefined;
    this.#enter('idle');
    const place =
      backup === undefined ? 'before the first backup' : `in ${formatPlace(backup.epoch, backup.batch)}`;
    this.#say(`Paused ${place}. Continue now, or close the tab and continue later.`);
  }

  #showPlace(): void {
    const { epoch, batch, steps, epochs, backend } = this.#place;
    if (this.#mode === 'training')
      this.#say(`Training on ${backend}: epoch ${epoch + 1} of ${epochs}, batch ${batch} of ${steps}`);
    getElement('epoch-progress', HTMLProgressElement).value = steps === 0 ? 0 : batch / steps;
    getElement('whole-progress', HTMLProgressElement).value =
      steps === 0 ? 0 : (epoch + batch / steps) / epochs;
  }

  #showHistory({ epochs, history }: ReportOf<'history'>): void {
    const steps = epochs.map((epoch) => (epoch + 1) * this.#place.steps);
    this.#loss.showValidation({ steps, values: history['val_loss'] ?? [] });
    this.#accuracy.showValidation({ steps, values: history['val_accuracy'] ?? [] });
  }

  #saved({ bytes, milliseconds, epoch, batch }: ReportOf<'saved'>): void {
    this.#hasBackup = true;
    showMode(this.#mode, true);
    getElement('backup', HTMLElement).textContent =
      `Last saved: ${formatPlace(epoch, batch)}; ${formatSize(bytes)} in ${Math.round(milliseconds)} ms.`;
  }

  #done({ weights, isStopped }: ReportOf<'done'>): void {
    this.#hasBackup = false;
    this.#enter('idle');
    getElement('backup', HTMLElement).textContent =
      `Deleted because the training ${isStopped ? 'was stopped' : 'is complete'}.`;
    const status = getElement('status', HTMLElement);
    const digest = document.createElement('code');
    digest.id = 'weights';
    digest.textContent = weights;
    status.replaceChildren(`${isStopped ? 'Stopped' : 'Done'}. SHA-256 of all weights: `, digest);
  }

  #failed({ order, code, message }: ReportOf<'error'>): void {
    // A download may fail while the training continues.
    if (order === 'download') return showError(message);
    const isMismatch = code === 'KEEPFIT_CHECKPOINT_MISMATCH';
    const again = (onMismatch: 'continue' | 'restart') => () =>
      this.train(readStore(), readSettings(), onMismatch);
    showError(
      message,
      isMismatch
        ? [
            { label: 'Continue all the same', act: again('continue') },
            { label: 'Start over', act: again('restart') },
          ]
        : [],
    );
    this.#isFirstLook = false;
    this.#enter('idle');
    this.#say('Not training.');
  }

  #clearCurves(): void {
    for (const chart of [this.#loss, this.#accuracy]) {
      chart.showTraining({ steps: [], values: [] });
      chart.showValidation({ steps: [], values: [] });
    }
  }

  #say(text: string): void {
    getElement('status', HTMLElement).textContent = text;
  }
}
