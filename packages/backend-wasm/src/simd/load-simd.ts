import type { SimdExports } from './simd-exports.js';
import { simdModule } from './simd-module.js';

/** The module of assembly/ on tfjs' own memory, or undefined where this engine has no SIMD. */
export async function loadSimd(memory: WebAssembly.Memory): Promise<SimdExports | undefined> {
  const shared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
  const bytes = Uint8Array.from(atob(simdModule(shared)), (character) => character.charCodeAt(0));
  if (!WebAssembly.validate(bytes)) return undefined;
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  return instance.exports as unknown as SimdExports;
}
