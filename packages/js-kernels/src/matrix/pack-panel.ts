import type { Values } from '../memory.js';

/**
 * Copies four lines of a matrix, interleaved, so that the block product reads its memory in order. Lines
 * beyond `lines` become zeros.
 *
 * @param lineStride from one line to the next: of the rows of a left factor, of the columns of a right one
 * @param stride from one element of a line to the next
 */
export function packPanel(
  source: Values,
  offset: number,
  lineStride: number,
  stride: number,
  lines: number,
  length: number,
  panel: Float64Array,
  at: number,
): void {
  if (lines >= 4) packFour(source, offset, lineStride, stride, length, panel, at);
  else packFew(source, offset, lineStride, stride, lines, length, panel, at);
}

function packFour(
  source: Values,
  offset: number,
  lineStride: number,
  stride: number,
  length: number,
  panel: Float64Array,
  at: number,
): void {
  let second = offset + lineStride;
  let third = second + lineStride;
  let fourth = third + lineStride;
  let first = offset;
  for (let to = at; to < at + length * 4; to += 4) {
    panel[to] = source[first] as number;
    panel[to + 1] = source[second] as number;
    panel[to + 2] = source[third] as number;
    panel[to + 3] = source[fourth] as number;
    first += stride;
    second += stride;
    third += stride;
    fourth += stride;
  }
}

function packFew(
  source: Values,
  offset: number,
  lineStride: number,
  stride: number,
  lines: number,
  length: number,
  panel: Float64Array,
  at: number,
): void {
  panel.fill(0, at, at + length * 4);
  for (let line = 0; line < lines; line++) {
    let from = offset + line * lineStride;
    for (let to = at + line; to < at + length * 4; to += 4) {
      panel[to] = source[from] as number;
      from += stride;
    }
  }
}
