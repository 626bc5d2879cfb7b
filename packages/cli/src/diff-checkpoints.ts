import type { DType, SavedTensor } from '@keepfit/callbacks/checkpoint';
import type { Decoded } from './decode-file.js';
import { type StateDifference, stateDifferences } from './state-differences.js';
import { type TensorDifference, tensorDifference } from './tensor-difference.js';
import { tensorsIn } from './tensors-in.js';

/** A tensor that is not the same in both. */
export interface DifferingTensor {
  readonly name: string;
  /** Null where only the other has it. */
  readonly a: TensorKind | null;
  readonly b: TensorKind | null;
  /** Null where types or shapes differ, or one is missing. */
  readonly values: TensorDifference | null;
}

export interface TensorKind {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** In what two trainings differ. Who saved them, and when, is not compared: run, number of the backup, time and version. */
export interface CheckpointDifference {
  readonly same: boolean;
  /** How many tensors there are in the two, by name. */
  readonly tensorCount: number;
  readonly tensors: readonly DifferingTensor[];
  readonly state: readonly StateDifference[];
}

export interface DecodedFile {
  readonly bytes: Uint8Array;
  readonly decoded: Decoded;
}

/** Compares all tensors bit for bit, and every value of the state. */
export function diffCheckpoints(a: DecodedFile, b: DecodedFile): CheckpointDifference {
  const [tensorsA, tensorsB] = [tensorsIn(a.bytes), tensorsIn(b.bytes)];
  const names = [...new Set([...tensorsA.keys(), ...tensorsB.keys()])].sort();
  const tensors = names.flatMap((name) => differenceOf(name, tensorsA.get(name), tensorsB.get(name)) ?? []);
  const state = stateDifferences(a.decoded.training.state, b.decoded.training.state);
  return { same: tensors.length === 0 && state.length === 0, tensorCount: names.length, tensors, state };
}

function differenceOf(
  name: string,
  a: SavedTensor | undefined,
  b: SavedTensor | undefined,
): DifferingTensor | undefined {
  const base = { name, a: kindOf(a), b: kindOf(b) };
  if (a === undefined || b === undefined || a.dtype !== b.dtype || String(a.shape) !== String(b.shape))
    return { ...base, values: null };
  const values = tensorDifference(a, b);
  return values && { ...base, values };
}

function kindOf(tensor: SavedTensor | undefined): TensorKind | null {
  return tensor === undefined ? null : { dtype: tensor.dtype, shape: tensor.shape };
}
