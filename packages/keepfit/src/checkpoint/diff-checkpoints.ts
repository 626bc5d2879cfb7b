import type { DType, SavedTensor } from '@keepfit/callbacks/checkpoint';
import { type TensorDifference, compareTensors } from './compare-tensors.js';
import { type DecodedFile, readTensors } from './decode-file.js';
import { type StateDifference, findStateDifferences } from './find-state-differences.js';

/** A tensor that differs between the two. */
export interface DifferingTensor {
  readonly name: string;
  /** Null if only the other has it. */
  readonly a: TensorKind | null;
  readonly b: TensorKind | null;
  /** Null if types or shapes differ, or one is missing. */
  readonly values: TensorDifference | null;
}

export interface TensorKind {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/**
 * The differences between two trainings. It ignores who saved them and when: run, number of the backup, time
 * and version.
 */
export interface CheckpointDifference {
  readonly same: boolean;
  /** How many tensors there are in the two, by name. */
  readonly tensorCount: number;
  readonly tensors: readonly DifferingTensor[];
  readonly state: readonly StateDifference[];
}

/** Compares all tensors bit for bit, and every value of the state. */
export function diffCheckpoints(a: DecodedFile, b: DecodedFile): CheckpointDifference {
  const [tensorsA, tensorsB] = [readTensors(a.bytes), readTensors(b.bytes)];
  const names = [...new Set([...tensorsA.keys(), ...tensorsB.keys()])].sort();
  const tensors = names.flatMap((name) => compareTensor(name, tensorsA.get(name), tensorsB.get(name)) ?? []);
  const state = findStateDifferences(a.decoded.training.state, b.decoded.training.state);
  return { same: tensors.length === 0 && state.length === 0, tensorCount: names.length, tensors, state };
}

function compareTensor(
  name: string,
  a: SavedTensor | undefined,
  b: SavedTensor | undefined,
): DifferingTensor | undefined {
  const base = { name, a: getKind(a), b: getKind(b) };
  if (a === undefined || b === undefined || a.dtype !== b.dtype || String(a.shape) !== String(b.shape))
    return { ...base, values: null };
  const values = compareTensors(a, b);
  return values && { ...base, values };
}

function getKind(tensor: SavedTensor | undefined): TensorKind | null {
  return tensor === undefined ? null : { dtype: tensor.dtype, shape: tensor.shape };
}
