import { putEdge } from './edge';
import { tile } from './tile';

/**
 * Adds one image's share to the gradient of a filter. Row m of it (filter row, filter column, input channel)
 * multiplies what begins at `x + load(offsets + 4 m)`, in an image already padded; steps between neighbouring
 * output pixels are `stepX` and `stepY` bytes. `dy` is in the panels of `pack`, `height · width` deep.
 * `scratch` holds 128 bytes.
 */
export function filterGradient(
  x: usize,
  offsets: usize,
  stepX: usize,
  stepY: usize,
  dy: usize,
  height: i32,
  width: i32,
  gradient: usize,
  rows: i32,
  columns: i32,
  add: bool,
  scratch: usize,
): void {
  const row = <usize>columns << 2;
  const panel = <usize>(height * width) * 32;
  for (let m = 0; m < rows; m += 4) {
    const at = offsets + (<usize>m << 2);
    const left = rows - m;
    const o0: usize = load<u32>(at);
    const d1 = left > 1 ? <usize>load<u32>(at, 4) - o0 : 0;
    const d2 = left > 2 ? <usize>load<u32>(at, 8) - o0 : 0;
    const d3 = left > 3 ? <usize>load<u32>(at, 12) - o0 : 0;
    let b = dy;
    for (let n = 0; n < columns; n += 8) {
      const target = gradient + <usize>m * row + (<usize>n << 2);
      const whole = left >= 4 && columns - n >= 8;
      const c = whole ? target : scratch;
      tile(x + o0, d1, d2, d3, false, stepX, stepY, b, 32, <usize>width * 32, width, height, c, whole ? row : 32, whole && add);
      if (!whole) putEdge(scratch, target, row, min(4, left), min(8, columns - n), add);
      b += panel;
    }
  }
}
