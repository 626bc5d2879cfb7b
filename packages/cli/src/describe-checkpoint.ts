import type {
  CheckpointHeader,
  DType,
  SavedTensor,
  StateRecord,
  StateValue,
} from '@keepfit/callbacks/checkpoint';
import type { Decoded } from './decode-file.js';
import { type PlainValue, plainState } from './plain-state.js';
import { tensorsIn } from './tensors-in.js';

export interface TensorDescription {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly byteLength: number;
}

/** What a checkpoint holds. Null stands for what its writer did not put in: the state is the trainer's own affair. */
export interface CheckpointDescription extends CheckpointHeader {
  /** A whole training, weights alone (`saveWeightsOnly` of ModelCheckpoint), or the state of another trainer than keepfit's. */
  readonly content: 'training' | 'weights' | 'other';
  /** The epoch at hand, from 0; for weights, the epoch after which, or within which, they were saved. */
  readonly epoch: number | null;
  /** How many batches of that epoch are trained; for weights, the batch after which they were saved, from 0. */
  readonly batch: number | null;
  /** How many batches are trained since epoch 0. */
  readonly step: number | null;
  readonly seed: PlainValue;
  readonly learningRate: PlainValue;
  readonly optimizer: PlainValue;
  /** The logs of the last epoch that ended; for weights, those of their moment. */
  readonly logs: PlainValue;
  readonly callbacks: readonly { readonly name: string; readonly state: PlainValue }[];
  /** What must be the same for the training to be continued exactly. */
  readonly fingerprint: PlainValue;
  /** By kind (weights, states, optimizer, metrics, state), then by name. */
  readonly tensors: readonly TensorDescription[];
}

/** Describes a file that passed all checks. */
export function describeCheckpoint(
  bytes: Uint8Array,
  { header, training: { state } }: Decoded,
): CheckpointDescription {
  const progress = recordOf(state['progress']);
  const isWeights = state['content'] === 'weights';
  const place = progress ?? state;
  return {
    ...header,
    content: isWeights ? 'weights' : progress === undefined ? 'other' : 'training',
    epoch: countOf(place['epoch']),
    batch: countOf(place['batch']),
    step: countOf(place['step']),
    seed: plainState(state['seed'] ?? null),
    learningRate: plainState(state['learningRate'] ?? null),
    optimizer: plainState(state['optimizer'] ?? null),
    logs: plainState((isWeights ? state['logs'] : state['lastLogs']) ?? null),
    callbacks: callbacksOf(state['callbacks']),
    fingerprint: plainState(state['fingerprint'] ?? null),
    tensors: descriptionsOf(tensorsIn(bytes)),
  };
}

function callbacksOf(value: StateValue | undefined): { name: string; state: PlainValue }[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly StateValue[]).flatMap((item) => {
    const { name, state } = recordOf(item) ?? {};
    return typeof name === 'string' ? [{ name, state: plainState(state ?? null) }] : [];
  });
}

function descriptionsOf(tensors: ReadonlyMap<string, SavedTensor>): TensorDescription[] {
  return [...tensors]
    .map(
      ([
        name,
        {
          dtype,
          shape,
          bytes: { byteLength },
        },
      ]) => ({ name, dtype, shape, byteLength }),
    )
    .sort((a, b) => rankOf(a.name) - rankOf(b.name) || (a.name < b.name ? -1 : 1));
}

const KINDS = ['weights', 'states', 'optimizer', 'metrics', 'state'];

function rankOf(name: string): number {
  const rank = KINDS.indexOf(name.split('/', 1)[0] ?? '');
  return rank < 0 ? KINDS.length : rank;
}

function recordOf(value: StateValue | undefined): StateRecord | undefined {
  const isRecord =
    typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
  return isRecord ? (value as StateRecord) : undefined;
}

function countOf(value: StateValue | undefined): number | null {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : null;
}
