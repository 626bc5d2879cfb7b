import type { CaptureEntry } from '@keepfit/callbacks';

/**
 * The bytes of a captured tensor, with each NaN written as the same one. JavaScript cannot tell NaNs apart
 * and leaves their bits to the engine: the same loop gives others before and after it is compiled.
 */
export async function withOneNaN({ dtype, read }: Pick<CaptureEntry, 'dtype' | 'read'>): Promise<Uint8Array> {
  const bytes = Uint8Array.from(await read());
  if (dtype !== 'float32') return bytes;
  const numbers = new Float32Array(bytes.buffer);
  const bits = new Uint32Array(bytes.buffer);
  numbers.forEach((number, index) => {
    if (Number.isNaN(number)) bits[index] = 0x7fc00000;
  });
  return bytes;
}
