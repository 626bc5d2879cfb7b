import { addBias } from './add-bias';
import { putEdge } from './edge';
import { tile } from './tile';

/** Pixels at a time: their inputs stay in the first cache while the panels of the filter pass. */
const PIXELS: i32 = 32;

/**
 * Convolves one image, already padded. Output pixel p begins to read at `x + load(offsets + 4 p)`. The filter
 * is in the panels of `pack`, `taps · outer · inner` deep: `inner` floats that lie together, `outer` runs
 * `outerStep` bytes apart, `taps` of those `tapStep` apart. `y` gets `pixels` × `columns`, plus the bias
 * unless its address is 0, and with `relu` no negative values. `scratch` holds 128 bytes.
 */
export function convolve(
  x: usize,
  offsets: usize,
  panels: usize,
  y: usize,
  pixels: i32,
  columns: i32,
  inner: i32,
  outer: i32,
  outerStep: usize,
  taps: i32,
  tapStep: usize,
  bias: usize,
  relu: bool,
  scratch: usize,
): void {
  const yRow = <usize>columns << 2;
  const run = <usize>(inner * outer) * 32;
  for (let p0 = 0; p0 < pixels; p0 += PIXELS) {
    const end = min(pixels, p0 + PIXELS);
    for (let n = 0; n < columns; n += 8) {
      const width = min(8, columns - n);
      for (let t = 0; t < taps; t++) {
        const b = panels + ((<usize>n >> 3) * <usize>taps + <usize>t) * run;
        for (let p = p0; p < end; p += 4) {
          const at = offsets + (<usize>p << 2);
          const left = end - p;
          const o0: usize = load<u32>(at);
          const d1 = left > 1 ? <usize>load<u32>(at, 4) - o0 : 0;
          const d2 = left > 2 ? <usize>load<u32>(at, 8) - o0 : 0;
          const d3 = left > 3 ? <usize>load<u32>(at, 12) - o0 : 0;
          const a = x + o0 + <usize>t * tapStep;
          const target = y + <usize>p * yRow + (<usize>n << 2);
          const whole = left >= 4 && width === 8;
          const c = whole ? target : scratch;
          tile(a, d1, d2, d3, false, 4, outerStep, b, 32, <usize>inner * 32, inner, outer, c, whole ? yRow : 32, whole && t > 0);
          if (!whole) putEdge(scratch, target, yRow, min(4, left), width, t > 0);
        }
      }
    }
    if (bias || relu) addBias(y + <usize>p0 * yRow, end - p0, columns, bias, relu);
  }
}
