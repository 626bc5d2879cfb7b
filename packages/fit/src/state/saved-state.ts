import {
  KeepfitError,
  type Logs,
  type SavedTraining,
  type StateRecord,
  type StateValue,
  type TrainingProgress,
} from '@keepfit/callbacks';
import { savedProgress } from '@keepfit/callbacks/checkpoint';
import { isBoolean, isCount, type OwnedState, formatValue } from '@keepfit/callbacks/internal';
import type { StreamPosition } from '../data/batch-stream.js';

/** Where a fit stands. */
export interface FitProgress extends TrainingProgress {
  /** Whether `onEpochBegin` of the epoch has run. */
  readonly begun: boolean;
}

/** The state of a saved fit, checked: a checkpoint is untrusted bytes, and a restore must not fail halfway. */
export interface SavedState {
  readonly progress: FitProgress;
  readonly position: StreamPosition;
  readonly seed: number;
  readonly learningRate: number;
  readonly stopTraining: boolean;
  readonly lastLogs: Logs;
  readonly optimizer: { readonly class: string; readonly numbers: Readonly<Record<string, number>> };
  readonly logs: StateRecord;
  readonly callbacks: readonly OwnedState[];
  readonly fingerprint: StateValue;
}

/** Reads the state of a saved fit. @throws KEEPFIT_CHECKPOINT_CORRUPT for one that no trainer of this package wrote. */
export function savedState(saved: SavedTraining): SavedState {
  const { state, tensors } = saved;
  const { epoch, batch, step, begun, pass, position } = savedProgress(saved);
  const {
    seed,
    learningRate,
    stopTraining,
    lastLogs,
    optimizer,
    logs,
    callbacks,
    fingerprint,
    tensors: names,
  } = state;
  check('progress.begun', begun, isBoolean(begun));
  check('progress.pass', pass, isCount(pass));
  check('progress.position', position, isCount(position));
  check('seed', seed, isCount(seed));
  check('learningRate', learningRate, typeof learningRate === 'number');
  check('stopTraining', stopTraining, isBoolean(stopTraining));
  check('lastLogs', lastLogs, isNumbers(lastLogs));
  check(
    'optimizer',
    optimizer,
    isRecord(optimizer) && typeof optimizer['class'] === 'string' && isNumbers(optimizer['numbers']),
  );
  check('logs', logs, isRecord(logs) && Array.isArray(logs['means']) && logs['means'].every(isMean));
  check('callbacks', callbacks, Array.isArray(callbacks) && callbacks.every(isOwned));
  check('fingerprint', fingerprint, isRecord(fingerprint));
  check('tensors', names, Array.isArray(names));
  const missing = (names as string[]).find((name) => !tensors.has(name));
  if (missing !== undefined) throw corrupt(`the tensor "${missing}" of its state is missing`);
  return {
    ...(state as unknown as SavedState),
    progress: { epoch, batch, step, begun: begun === true },
    position: { pass: Number(pass), position: Number(position) },
  };
}

function check(item: string, value: StateValue | undefined, isRight: boolean): void {
  if (!isRight) throw corrupt(`its state cannot have ${formatValue(value)} as ${item}`);
}

function corrupt(reason: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_CHECKPOINT_CORRUPT',
    `the checkpoint is whole, but ${reason}: it was not written by this trainer, and nothing was changed`,
  );
}

const isNumber = (value: unknown) => typeof value === 'number';

function isRecord(value: unknown): value is StateRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

function isNumbers(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every(isNumber);
}

function isMean(value: unknown): boolean {
  return (
    isRecord(value) &&
    typeof value['key'] === 'string' &&
    isNumber(value['total']) &&
    isNumber(value['count'])
  );
}

function isOwned(value: unknown): boolean {
  return (
    isRecord(value) &&
    typeof value['name'] === 'string' &&
    isCount(value['ordinal']) &&
    isRecord(value['state'])
  );
}
