import type { HostTensor } from '@keepfit/fit/engine';
import type { SentWeights } from '../contract/messages.js';

/** Platform facts: a page has shared memory only if it is isolated from other origins. */
interface Isolation {
  readonly SharedArrayBuffer?: SharedArrayBufferConstructor;
  readonly crossOriginIsolated?: boolean;
}

/**
 * Prepares weights for the workers. If threads can share memory, each set is written into the same shared memory, so that
 * a message carries none: a worker that is late may read newer weights, and its answer counts for nothing.
 */
export class WeightsMemory {
  #last: readonly HostTensor[] | undefined;
  #sent: readonly HostTensor[] = [];
  #version = 0;

  /** The weights for a worker that was sent the version `known`. */
  prepare(values: readonly HostTensor[], known: number | undefined): SentWeights {
    if (values !== this.#last) {
      this.#last = values;
      this.#version += 1;
      this.#sent = canShare() ? share(values, this.#sent) : values;
    }
    const version = this.#version;
    return { version, values: version === known ? undefined : this.#sent };
  }

  /** Frees the memory. */
  clear(): void {
    this.#last = undefined;
    this.#sent = [];
  }
}

function canShare(): boolean {
  const { SharedArrayBuffer, crossOriginIsolated } = globalThis as Isolation;
  return SharedArrayBuffer !== undefined && crossOriginIsolated !== false;
}

/** Writes values into the shared memory of former ones if they fit there, and otherwise into new memory. */
function share(values: readonly HostTensor[], former: readonly HostTensor[]): readonly HostTensor[] {
  return values.map(({ dtype, shape, values: source }, place) => {
    const memory = former[place]?.values;
    const fits =
      memory !== undefined && memory.constructor === source.constructor && memory.length === source.length;
    const target = fits ? memory : createShared(source);
    target.set(source);
    return { dtype, shape, values: target };
  });
}

function createShared(source: HostTensor['values']): HostTensor['values'] {
  const memory = new SharedArrayBuffer(source.byteLength);
  const Type = source.constructor as new (memory: SharedArrayBuffer) => HostTensor['values'];
  return new Type(memory);
}
