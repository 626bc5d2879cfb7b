import * as tf from '@tensorflow/tfjs-core';

/** The release of tfjs whose files the build puts into this package. Another release needs other files. */
const RELEASE = '4.22.0';

export type WasmFile = 'tfjs-backend-wasm.wasm' | 'tfjs-backend-wasm-simd.wasm';

const files: Readonly<Record<WasmFile, () => Promise<{ readonly packed: string }>>> = {
  'tfjs-backend-wasm.wasm': () => import('./plain.js'),
  'tfjs-backend-wasm-simd.wasm': () => import('./simd.js'),
};

/** Resolves to the file that this tfjs will ask for on this engine. */
export async function chooseFile(): Promise<WasmFile> {
  const hasSimd = (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) === true;
  return hasSimd ? 'tfjs-backend-wasm-simd.wasm' : 'tfjs-backend-wasm.wasm';
}

/**
 * Resolves to the address of tfjs' file, unpacked from this package, so that no bundler has to know where files
 * are. Only the file that the engine needs is loaded. Revoke the address when tfjs has it.
 *
 * Undefined, so that tfjs looks for its file, if this package has none for the release, or the engine cannot
 * unpack it or does not let tfjs fetch it: a service worker has no `blob:` addresses, and a policy may forbid them.
 */
export async function findFile(release: string): Promise<string | undefined> {
  if (release !== RELEASE || typeof DecompressionStream === 'undefined') return undefined;
  try {
    const { packed } = await files[await chooseFile()]();
    if (packed === '') return undefined;
    const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
    const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    const headers = { 'content-type': 'application/wasm' };
    const address = URL.createObjectURL(await new Response(unpacked, { headers }).blob());
    try {
      if ((await fetch(address)).ok) return address;
    } catch {
      // A policy forbids it.
    }
    URL.revokeObjectURL(address);
  } catch {
    // tfjs looks for its file, and says if it finds none.
  }
  return undefined;
}

/** Says what the server answers instead of a .wasm file, for errors; undefined if nothing is wrong with the file. */
export async function describeAnswer(address: string): Promise<string | undefined> {
  try {
    const response = await fetch(address);
    if (!response.ok) return `${address} answers ${response.status}`;
    const [zero, ...name] = new Uint8Array(await response.arrayBuffer()).subarray(0, 4);
    if (zero === 0 && String.fromCharCode(...name) === 'asm') return undefined;
    return `${address} is no .wasm file but ${response.headers.get('content-type') ?? 'of no type'}`;
  } catch (error) {
    return `${address} cannot be fetched: ${String(error)}`;
  }
}
