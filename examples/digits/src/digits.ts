import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import type { ShapedData } from '@keepfit/fit';

/** Square grey images and what they show. */
export interface Digits {
  /** [samples, side, side, 1], from 0 to 1 */
  readonly x: ShapedData;
  /** [samples], whole numbers */
  readonly y: ShapedData;
  readonly side: number;
  readonly classes: number;
}

/** The digits in this folder. */
export const digitsFile = new URL('../data/digits.csv.gz', import.meta.url);

/** Reads images from a CSV file, gzipped or not: one image a line, its pixels row by row, then its class. */
export async function readDigits(file: string | URL): Promise<Digits> {
  const bytes = await readFile(file);
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const text = (isGzip ? gunzipSync(bytes) : bytes).toString('utf8');
  const lines = text.trim().split(/\r?\n/).map((line) => line.split(',').map(Number));
  const pixels = (lines[0]?.length ?? 0) - 1;
  const side = Math.sqrt(pixels);
  if (!Number.isInteger(side) || side < 3 || lines.some((line) => line.length !== pixels + 1 || line.some(Number.isNaN))) {
    throw new Error(`${String(file)} must hold one square image of at least 3 × 3 numbers and its class a line, separated by commas`);
  }
  const brightest = lines.reduce((most, line) => line.slice(0, -1).reduce((a, b) => Math.max(a, b), most), 1);
  const images = Float32Array.from(lines.flatMap((line) => line.slice(0, -1)), (pixel) => pixel / brightest);
  const classes = Int32Array.from(lines, (line) => line[pixels] ?? 0);
  return {
    x: { data: images, shape: [lines.length, side, side, 1] },
    y: { data: classes, shape: [lines.length] },
    side,
    classes: classes.reduce((a, b) => Math.max(a, b), 0) + 1,
  };
}
