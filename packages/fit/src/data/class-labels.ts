import { KeepfitError } from '@keepfit/callbacks';
import { formatValue, isCount } from '@keepfit/callbacks/internal';
import type { HostArray } from './host-array.js';

/** The classes that targets tell: one for each sample, or for each part of one, such as a time step. */
export interface ClassLabels {
  /** How many classes the targets can tell apart; undefined if they are class numbers. */
  readonly classes: number | undefined;
  /** [samples], or [samples, time, …]. */
  readonly shape: readonly number[];
  /** @throws KEEPFIT_INVALID_DATA when the targets tell no class at this index of the flattened labels. */
  at(index: number): number;
}

/**
 * Reads targets as classes: class numbers [samples, …] or [samples, …, 1], or one-hot rows [samples, …,
 * classes]. `name` is that of the targets for messages, `owner` that of the caller.
 *
 * @param areNumbers Whether the loss reads each value as a class number: a row of several is then not one-hot.
 */
export function readLabels(owner: string, name: string, target: HostArray, areNumbers: boolean): ClassLabels {
  const { shape } = target;
  const last = shape.length === 1 ? 1 : (shape.at(-1) ?? 0);
  const width = areNumbers ? 1 : last;
  const labels = shape.length > 1 && (last === 1 || width > 1) ? shape.slice(0, -1) : shape;
  const place = (index: number): string => `${name}[${findPlace(labels, index).join('][')}]`;
  return width === 1
    ? { classes: undefined, shape: labels, at: (index) => readClassNumber(owner, place, target, index) }
    : { classes: width, shape: labels, at: (index) => readOneHot(owner, place, target, index, width) };
}

function readClassNumber(
  owner: string,
  place: (index: number) => string,
  { data }: HostArray,
  index: number,
): number {
  const label = data[index] ?? NaN;
  if (isCount(label)) return label;
  throw createLabelError(owner, `${place(index)} is ${formatValue(label)}, which is no class number`);
}

function readOneHot(
  owner: string,
  place: (index: number) => string,
  { data }: HostArray,
  row: number,
  width: number,
): number {
  const begin = row * width;
  let label = -1;
  for (let index = 0; index < width; index++) {
    const value = data[begin + index];
    if (value === 0) continue;
    if (value !== 1 || label !== -1) {
      const values = formatValue([...data.subarray(begin, begin + width)]);
      throw createLabelError(
        owner,
        `${place(row)} is ${values}, which is no one-hot row: one 1, and 0 elsewhere`,
      );
    }
    label = index;
  }
  if (label !== -1) return label;
  throw createLabelError(owner, `${place(row)} is all 0, which is no one-hot row: one 1, and 0 elsewhere`);
}

/** The indices of a flat index. */
function findPlace(shape: readonly number[], index: number): number[] {
  let rest = index;
  const place: number[] = [];
  for (const size of [...shape].reverse()) {
    place.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return place;
}

/** The error about targets from which class weights cannot be read. */
export function createLabelError(owner: string, why: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_INVALID_DATA',
    `classWeight of ${owner} cannot be applied: ${why}. Give the weights with sampleWeight: [samples], or ` +
      '[samples, time] for the parts of a sample',
  );
}
