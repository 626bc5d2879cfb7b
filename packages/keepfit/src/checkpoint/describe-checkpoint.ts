import type {
  CheckpointHeader,
  DType,
  StateRecord,
  StateValue,
  TensorPlace,
} from '@keepfit/callbacks/checkpoint';
import { CHECKSUMS, type Decoded } from './check-file.js';
import { toPlainValue, type PlainValue } from './plain-state.js';

export interface TensorDescription {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly byteLength: number;
}

/** The content of a checkpoint. A null value was not saved; each trainer decides what it saves. */
export interface CheckpointDescription extends CheckpointHeader {
  /**
   * A whole training, weights alone (`saveWeightsOnly` of ModelCheckpoint), or the state of another trainer
   * than keepfit's.
   */
  readonly content: 'training' | 'weights' | 'other';
  /** The current epoch, from 0. For weights, the epoch after which, or within which, they were saved. */
  readonly epoch: number | null;
  /** How many batches of that epoch are done. For weights, the batch after which they were saved, from 0. */
  readonly batch: number | null;
  /** How many batches are done since epoch 0. */
  readonly step: number | null;
  readonly seed: PlainValue;
  /** A number, or the rates of several optimizers by their names. */
  readonly learningRate: PlainValue;
  /** One, or several by their names. */
  readonly optimizer: PlainValue;
  /** The logs of the last epoch that ended. For weights, the logs at the time of saving. */
  readonly logs: PlainValue;
  readonly callbacks: readonly { readonly name: string; readonly state: PlainValue }[];
  /** The facts that must be equal if the training is to continue exactly. */
  readonly fingerprint: PlainValue;
  /** By kind (weights, states, optimizers, metrics, state), then by name. */
  readonly tensors: readonly TensorDescription[];
}

/** Describes a file that passed all checks. */
export function describeCheckpoint(
  { header, training: { state } }: Decoded,
  places: readonly TensorPlace[],
): CheckpointDescription {
  const progress = toRecord(state['progress']);
  const isWeights = state['content'] === 'weights';
  const place = progress ?? state;
  return {
    ...header,
    content: isWeights ? 'weights' : progress === undefined ? 'other' : 'training',
    epoch: toCount(place['epoch']),
    batch: toCount(place['batch']),
    step: toCount(place['step']),
    seed: toPlainValue(state['seed'] ?? null),
    learningRate: toPlainValue(state['learningRate'] ?? state['learningRates'] ?? null),
    optimizer: toPlainValue(state['optimizer'] ?? state['optimizers'] ?? null),
    logs: toPlainValue((isWeights ? state['logs'] : state['lastLogs']) ?? null),
    callbacks: describeCallbacks(state['callbacks']),
    fingerprint: toPlainValue(state['fingerprint'] ?? null),
    tensors: describeTensors(places),
  };
}

function describeCallbacks(value: StateValue | undefined): { name: string; state: PlainValue }[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly StateValue[]).flatMap((item) => {
    const { name, state } = toRecord(item) ?? {};
    return typeof name === 'string' ? [{ name, state: toPlainValue(state ?? null) }] : [];
  });
}

function describeTensors(places: readonly TensorPlace[]): TensorDescription[] {
  return places
    .filter(({ name }) => name !== CHECKSUMS)
    .map(({ name, dtype, shape, begin, end }) => ({ name, dtype, shape, byteLength: end - begin }))
    .sort((a, b) => getRank(a.name) - getRank(b.name) || (a.name < b.name ? -1 : 1));
}

const KINDS = ['weights', 'states', 'optimizer', 'optimizers', 'metrics', 'state'];

function getRank(name: string): number {
  const rank = KINDS.indexOf(name.split('/', 1)[0] ?? '');
  return rank < 0 ? KINDS.length : rank;
}

function toRecord(value: StateValue | undefined): StateRecord | undefined {
  const isRecord =
    typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
  return isRecord ? (value as StateRecord) : undefined;
}

function toCount(value: StateValue | undefined): number | null {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : null;
}

/** One file in the output of `inspect --json`. */
export interface InspectedFile {
  readonly file: string;
  readonly name: string;
  readonly byteLength: number;
  /** Whether it passes every check. */
  readonly passed: boolean;
  /** The problems found; empty if it passed. */
  readonly problems: readonly string[];
  /** Null if a check failed, because then nothing in the file can be trusted. */
  readonly checkpoint: CheckpointDescription | null;
}
