import {
  KeepfitError,
  type Logs,
  type SavedTraining,
  type StateRecord,
  type StateValue,
} from '@keepfit/callbacks';
import { readProgress } from '@keepfit/callbacks/checkpoint';
import { formatValue, isBoolean, isCount, type OwnedState } from '@keepfit/callbacks/internal';
import type { StreamPosition } from '../data/batch-stream.js';
import type { SavedRows } from '../data/row-checksums.js';
import { readOrder, type SavedOrder } from '../data/saved-order.js';
import { isSavedOptimizer } from '../optimizer/saved-optimizer.js';
import type { FitProgress } from './fit-progress.js';

/** What a checkpoint keeps of the training data. Checkpoints of the first versions have none of it. */
export interface SavedData {
  readonly order: SavedOrder | undefined;
  /** The checksum of the first batch of the last pass that was begun. */
  readonly firstBatch: number | undefined;
  /** The checksum of the last batch trained. */
  readonly lastBatch: number | undefined;
  /** Of arrays. */
  readonly rows: SavedRows | undefined;
}

/**
 * The state of a saved fit, checked: a checkpoint is untrusted bytes, and a restore must not fail halfway.
 */
export interface SavedState {
  readonly progress: FitProgress;
  readonly position: StreamPosition;
  readonly data: SavedData;
  readonly seed: number;
  readonly stopTraining: boolean;
  /** Whether the stop had taken effect. What a hook sets before a batch takes effect after it. */
  readonly isStopped: boolean;
  readonly lastLogs: Logs;
  readonly logs: StateRecord;
  readonly callbacks: readonly OwnedState[];
  readonly fingerprint: StateValue;
}

/**
 * Reads the state of a saved fit.
 *
 * @throws KEEPFIT_CHECKPOINT_CORRUPT when no trainer of this package wrote it.
 */
export function readSavedState(saved: SavedTraining): SavedState {
  const { state, tensors } = saved;
  const { epoch, batch, step, begun, pass, position } = readProgress(saved);
  const {
    seed,
    stopTraining,
    // Checkpoints of earlier versions do not have it.
    isStopped = stopTraining,
    lastLogs,
    logs,
    callbacks,
    fingerprint,
    data,
    tensors: names,
  } = state;
  check('progress.begun', begun, isBoolean(begun));
  check('progress.pass', pass, isCount(pass));
  check('progress.position', position, isCount(position));
  check('seed', seed, isCount(seed));
  check('stopTraining', stopTraining, isBoolean(stopTraining));
  check('isStopped', isStopped, isBoolean(isStopped));
  check('lastLogs', lastLogs, isNumbers(lastLogs));
  checkOptimizers(saved);
  check('logs', logs, isRecord(logs) && Array.isArray(logs['means']) && logs['means'].every(isMean));
  check('callbacks', callbacks, Array.isArray(callbacks) && callbacks.every(isOwned));
  check('fingerprint', fingerprint, isRecord(fingerprint));
  check('tensors', names, Array.isArray(names));
  const missing = (names as string[]).find((name) => !tensors.has(name));
  if (missing !== undefined) throw corrupt(`the tensor ${formatValue(missing)} of its state is missing`);
  return {
    ...(state as unknown as SavedState),
    isStopped: isStopped === true,
    progress: { epoch, batch, step, epochBegun: begun === true },
    position: { pass: Number(pass), position: Number(position) },
    data: readData(data),
  };
}

/** One optimizer, or several by the names of their phases, each with its learning rate. */
function checkOptimizers({ state, tensors }: SavedTraining): void {
  const checkOne = (item: string, prefix: string, optimizer?: StateValue, rate?: StateValue) => {
    check(
      item,
      optimizer,
      isSavedOptimizer(optimizer, (name) => tensors.has(prefix + name)),
    );
    check('learningRate', rate, rate === null || typeof rate === 'number');
  };
  const { optimizers, learningRates } = state;
  if (optimizers === undefined) {
    checkOne('optimizer', 'optimizer/', state['optimizer'], state['learningRate']);
    return;
  }
  check('optimizers', optimizers, isRecord(optimizers));
  check('learningRates', learningRates, isRecord(learningRates));
  for (const [name, optimizer] of Object.entries(optimizers as StateRecord))
    checkOne(`optimizers.${name}`, `optimizers/${name}/`, optimizer, (learningRates as StateRecord)[name]);
}

function readData(data: StateValue | undefined): SavedData {
  if (data === undefined)
    return { order: undefined, firstBatch: undefined, lastBatch: undefined, rows: undefined };
  check('data', data, isRecord(data));
  const { firstBatch = null, lastBatch = null, rows = null, ...rest } = data as StateRecord;
  const order = readOrder(rest);
  check('data.openings', rest['openings'], order !== undefined);
  check('data.firstBatch', firstBatch, firstBatch === null || isCount(firstBatch));
  check('data.lastBatch', lastBatch, lastBatch === null || isCount(lastBatch));
  check('data.rows', rows, rows === null || isRows(rows));
  return {
    order,
    firstBatch: (firstBatch ?? undefined) as number | undefined,
    lastBatch: (lastBatch ?? undefined) as number | undefined,
    rows: (rows ?? undefined) as SavedRows | undefined,
  };
}

function isRows(value: StateValue): boolean {
  return (
    isRecord(value) &&
    isCount(value['count']) &&
    Array.isArray(value['checksums']) &&
    value['checksums'].every(isCount)
  );
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
