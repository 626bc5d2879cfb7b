/**
 * Copies `rows` runs of `length` bytes between memories with other steps from run to run: an image into its
 * padded frame.
 */
export function copyRows(from: usize, fromStep: usize, to: usize, toStep: usize, length: usize, rows: i32): void {
  for (let i = rows; i > 0; i--) {
    memory.copy(to, from, length);
    from += fromStep;
    to += toStep;
  }
}
