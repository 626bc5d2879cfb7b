/** Zeros around an image: a rule, one number for all sides, or numbers for each axis. */
export type Padding = 'same' | 'valid' | number | readonly (readonly [number, number])[];

/** The layout of windows along one axis. */
export interface Axis {
  readonly outputs: number;
  readonly inputs: number;
  readonly size: number;
  readonly stride: number;
  readonly rate: number;
  readonly before: number;
}

export interface Windows {
  readonly stride: number;
  readonly pad: Padding;
  readonly rate?: number;
  readonly round?: 'floor' | 'ceil';
}

/**
 * The windows along the axis of this number.
 * https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2
 */
export function getAxis(
  number: number,
  inputs: number,
  size: number,
  { stride, pad, rate = 1, round = 'floor' }: Windows,
): Axis {
  const reach = (size - 1) * rate + 1;
  const [before, after] = getSides(number, inputs, reach, stride, pad);
  const outputs = Math[round]((inputs + before + after - reach) / stride) + 1;
  return { outputs, inputs, size, stride, rate, before };
}

function getSides(
  number: number,
  inputs: number,
  reach: number,
  stride: number,
  pad: Padding,
): readonly [number, number] {
  if (pad === 'valid') return [0, 0];
  if (typeof pad === 'number') return [pad, pad];
  if (pad !== 'same') return pad[number] ?? [0, 0];
  const missing = Math.max(0, (Math.ceil(inputs / stride) - 1) * stride + reach - inputs);
  return [Math.floor(missing / 2), Math.ceil(missing / 2)];
}

/**
 * Calls `visit` for every cell of every window, except cells in the padding, with the positions of the
 * output, of the cell in its window, and of the input.
 */
export function visitWindows(
  axes: readonly Axis[],
  visit: (output: number, cell: number, input: number) => void,
): void {
  visitAxis(axes, 0, 0, 0, 0, visit);
}

function visitAxis(
  ...[axes, depth, output, cell, input, visit]: [
    readonly Axis[],
    number,
    number,
    number,
    number,
    (output: number, cell: number, input: number) => void,
  ]
): void {
  const axis = axes[depth];
  if (axis === undefined) return visit(output, cell, input);
  for (let at = 0; at < axis.outputs; at++) {
    for (let k = 0; k < axis.size; k++) {
      const from = at * axis.stride + k * axis.rate - axis.before;
      if (from < 0 || from >= axis.inputs) continue;
      visitAxis(
        axes,
        depth + 1,
        output * axis.outputs + at,
        cell * axis.size + k,
        input * axis.inputs + from,
        visit,
      );
    }
  }
}
