import * as tf from '@tensorflow/tfjs-core';

interface WasmBackend {
  readonly wasm: { readonly HEAPU8: Uint8Array };
  readonly dataIdMap: { has(id: object): boolean; get(id: object): { readonly memoryOffset: number } };
}

/**
 * The bytes of a tensor where they lie on the wasm backend, at no copy; undefined on the others. The view is empty once the heap has grown.
 * tfjs' own `data()` copies them into new memory, at a sixth of the speed.
 */
export function heapView({ dataId, dtype, size }: tf.Tensor): Uint8Array | undefined {
  const { wasm, dataIdMap } = tf.backend() as unknown as Partial<WasmBackend>;
  if (wasm?.HEAPU8 === undefined || dataIdMap?.has(dataId) !== true) return undefined;
  return new Uint8Array(
    wasm.HEAPU8.buffer,
    dataIdMap.get(dataId).memoryOffset,
    size * (dtype === 'bool' ? 1 : 4),
  );
}
