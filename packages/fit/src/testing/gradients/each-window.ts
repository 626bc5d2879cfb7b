import type { Axis } from './geometry.js';

/** Calls `visit` for every cell of every window that is not in the padding, with the places of output, cell of the window, and input. */
export function eachWindow(
  axes: readonly Axis[],
  visit: (output: number, cell: number, input: number) => void,
): void {
  walk(axes, 0, 0, 0, 0, visit);
}

function walk(
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
      walk(
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
