import type { OutputSink } from '@keepfit/callbacks';

/** A sink in memory that can lose unflushed bytes. */
export class MemorySink implements OutputSink {
  isOpen = false;
  flushes = 0;
  bytes: Uint8Array;
  #flushed: number;

  constructor(bytes = new Uint8Array()) {
    this.bytes = bytes;
    this.#flushed = bytes.length;
  }

  /** The remains of a kill: all flushed bytes, and this share of the unflushed ones. */
  afterKill(share: number): MemorySink {
    const kept = this.#flushed + Math.floor((this.bytes.length - this.#flushed) * share);
    return new MemorySink(this.bytes.slice(0, kept));
  }

  async append(text: string | Uint8Array): Promise<void> {
    this.isOpen = true;
    const added = typeof text === 'string' ? new TextEncoder().encode(text) : text;
    const grown = new Uint8Array(this.bytes.length + added.length);
    grown.set(this.bytes);
    grown.set(added, this.bytes.length);
    this.bytes = grown;
  }

  async flush(): Promise<void> {
    this.flushes += 1;
    this.#flushed = this.bytes.length;
  }

  async position(): Promise<number> {
    return this.bytes.length;
  }

  async read(begin: number, end: number): Promise<Uint8Array> {
    return this.bytes.slice(begin, end);
  }

  async truncate(position: number): Promise<void> {
    if (position > this.bytes.length) throw new Error(`cannot cut ${this.bytes.length} bytes to ${position}`);
    this.bytes = this.bytes.slice(0, position);
    this.#flushed = Math.min(this.#flushed, position);
  }

  async close(): Promise<void> {
    this.isOpen = false;
  }
}
