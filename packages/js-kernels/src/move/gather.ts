import type { Values } from '../values.js';

/** How `gather` sees its operand: batch × outer × choices × width, and `picks` indices for each batch. */
export interface Gathering {
  readonly batches: number;
  readonly outer: number;
  readonly choices: number;
  readonly width: number;
  readonly picks: number;
}

/** Copies the runs of `width` elements that the indices of each batch pick. */
export function gather(
  x: Values,
  indices: Values,
  { batches, outer, choices, width, picks }: Gathering,
  out: Values,
): void {
  let to = 0;
  for (let row = 0; row < batches * outer; row++) {
    const first = Math.floor(row / outer) * picks;
    for (let pick = first; pick < first + picks; pick++) {
      let from = (row * choices + (indices[pick] as number)) * width;
      if (width > 64) {
        out.set(x.subarray(from, from + width), to);
        to += width;
      } else {
        for (const end = to + width; to < end;) out[to++] = x[from++] as number;
      }
    }
  }
}
