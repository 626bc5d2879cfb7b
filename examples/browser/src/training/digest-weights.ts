import type { LayersModel } from '@tensorflow/tfjs-layers';

/** Computes the SHA-256 of all weights in order, as hexadecimal digits: equal only if every bit is. */
export async function digestWeights(model: LayersModel): Promise<string> {
  const values = await Promise.all(
    model.getWeights().map(async (weight) => (await weight.data()) as Float32Array),
  );
  const bytes = new Uint8Array(values.reduce((length, { byteLength }) => length + byteLength, 0));
  let at = 0;
  for (const { buffer, byteOffset, byteLength } of values) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  const digest = await crypto.subtle.digest('SHA-256', bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
