import type { ShapedData } from 'keepfit';

/** Images of one digit each, and their labels. */
export interface Digits {
  /** [samples, 28, 28, 1], from 0 to 1 */
  readonly x: ShapedData;
  /** [samples] */
  readonly y: ShapedData;
}

const SIDE = 28;
const PIXELS = SIDE * SIDE;

/** Reads images and labels of MNIST's IDX files, from sample `begin` to before `end`. */
export function readDigits(images: Uint8Array, labels: Uint8Array, begin: number, end: number): Digits {
  const there = readCount(images, 16, PIXELS);
  if (there !== readCount(labels, 8, 1) || end > there)
    throw new Error(`the files of digits must hold ${end} images and labels; they hold ${there}`);
  const pixels = images.subarray(16 + begin * PIXELS, 16 + end * PIXELS);
  return {
    x: { data: Float32Array.from(pixels, (grey) => grey / 255), shape: [end - begin, SIDE, SIDE, 1] },
    y: { data: Int32Array.from(labels.subarray(8 + begin, 8 + end)), shape: [end - begin] },
  };
}

function readCount(file: Uint8Array, header: number, itemBytes: number): number {
  const count = file.length < header ? Number.NaN : new DataView(file.buffer, file.byteOffset).getUint32(4);
  if (file.length === header + count * itemBytes) return count;
  throw new Error(`a file of digits is broken: it has ${file.length} bytes`);
}
