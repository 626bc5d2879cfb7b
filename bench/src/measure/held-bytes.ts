import { backend } from '@tensorflow/tfjs-core';

/** The bytes that something holds, at their peak since the last `reset`. */
export interface HeldBytes {
  /** All tensors. */
  tensors(): number;
  /** The memory of the wasm backend, gaps between tensors included. It never shrinks. 0 on cpu. */
  heap(): number;
  /** All buffers that were created by name since then, such as those of a store. */
  buffers(): number;
  reset(): void;
}

/** The map in which a backend keeps its tensors: their values on cpu, their places in its memory on wasm. */
interface Storage {
  set(id: object, entry: Entry): void;
  delete(id: object): boolean;
}

interface Entry {
  readonly values?: { readonly byteLength: number };
  readonly shape?: readonly number[];
}

/** Counts the bytes of new tensors on the current backend, cpu or wasm, and of new buffers from now on. */
export function watchHeldBytes(): HeldBytes {
  const { wasm, data, dataIdMap } = backend() as unknown as {
    readonly wasm?: { readonly HEAPU8: Uint8Array };
    readonly data: Storage;
    readonly dataIdMap: Storage;
  };
  const tensors = watchTensors(wasm === undefined ? data : dataIdMap);
  let buffers = 0;
  globalThis.ArrayBuffer = new Proxy(ArrayBuffer, {
    construct(target, parameters: [length: number], newTarget) {
      buffers += parameters[0];
      return Reflect.construct(target, parameters, newTarget) as ArrayBuffer;
    },
  });
  return {
    tensors: tensors.peak,
    heap: () => wasm?.HEAPU8.byteLength ?? 0,
    buffers: () => buffers,
    reset() {
      tensors.reset();
      buffers = 0;
    },
  };
}

function watchTensors(storage: Storage): { peak(): number; reset(): void } {
  const lengths = new Map<object, number>();
  let [held, peak] = [0, 0];
  const note = (id: object, length: number): void => {
    held += length - (lengths.get(id) ?? 0);
    lengths.set(id, length);
    peak = Math.max(peak, held);
  };
  const { set, delete: remove } = storage;
  storage.set = (id, entry) => {
    note(id, measure(entry));
    set.call(storage, id, entry);
  };
  storage.delete = (id) => {
    note(id, 0);
    lengths.delete(id);
    return remove.call(storage, id);
  };
  return {
    peak: () => peak,
    reset() {
      peak = held;
    },
  };
}

/** An item takes 4 bytes in wasm, because the bench has no other. */
function measure({ values, shape }: Entry): number {
  return values?.byteLength ?? (shape ?? []).reduce((product, size) => product * size, 4);
}
