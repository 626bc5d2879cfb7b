import type { Values } from './values.js';

/**
 * A power of two, so that the step itself is exact. The error is the square of the step times the third
 * derivative, about 1e-9.
 */
const STEP = 2 ** -15;

/** How far one number of one input moves, in steps. */
export interface Move {
  readonly number: number;
  readonly flat: number;
  readonly by: number;
}

/**
 * The slope of a function along these moves of its inputs: by central differences, or, at a kink, the slopes
 * of the two sides, the lower one first.
 */
export function computeFiniteDifference(
  total: (inputs: readonly Values[]) => number,
  inputs: readonly Values[],
  moves: readonly Move[],
  kink: boolean,
): readonly [low: number, high: number] {
  const ahead = total(moveInputs(inputs, moves, STEP));
  const behind = total(moveInputs(inputs, moves, -STEP));
  if (!kink) {
    const slope = (ahead - behind) / (2 * STEP);
    return [slope, slope];
  }
  const here = total(inputs);
  const sides = [(here - behind) / STEP, (ahead - here) / STEP] as const;
  return [Math.min(...sides), Math.max(...sides)];
}

function moveInputs(inputs: readonly Values[], moves: readonly Move[], step: number): Values[] {
  const copies = inputs.map(({ shape, data }, number) => ({
    shape,
    data: moves.some((move) => move.number === number) ? data.slice() : data,
  }));
  for (const { number, flat, by } of moves) {
    const data = copies[number]?.data;
    if (data !== undefined) data[flat] = (data[flat] ?? 0) + by * step;
  }
  return copies;
}
