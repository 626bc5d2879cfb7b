/**
 * The memory that values take in Node, in bytes, measured and rounded up. A number takes 8, and as much again
 * while its array grows; so do true, false and null. A long string counts like a short one, because the file
 * has as many bytes. A key counts when it is new: objects with the same keys share them.
 */
const SIZES = { number: 16, string: 40, array: 64, object: 80, capture: 800, key: 160 } as const;

/**
 * Estimates the memory that a state needs, value by value, before each is built. Writer and reader count
 * alike, so that nothing is written that cannot be read.
 */
export class StateSize {
  readonly #keys = new Set<string>();
  #bytes = 0;

  /** Adds a value without its contents, and returns the bytes so far. */
  add(kind: 'number' | 'string' | 'array' | 'object' | 'capture'): number {
    return (this.#bytes += SIZES[kind]);
  }

  /** Adds a key of an object, and returns the bytes so far. */
  addKey(key: string): number {
    if (this.#keys.has(key)) return this.#bytes;
    this.#keys.add(key);
    return (this.#bytes += SIZES.key);
  }
}
