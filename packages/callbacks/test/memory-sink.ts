import type { OutputSink } from '../src/contract/output-sink.js';

/** A sink in memory, for tests: `crash` loses unflushed bytes. */
export class MemorySink implements OutputSink {
  isOpen = false;
  #bytes: number[];
  #flushed: number;

  constructor(text = '') {
    this.#bytes = [...new TextEncoder().encode(text)];
    this.#flushed = this.#bytes.length;
  }

  get text(): string {
    return new TextDecoder().decode(Uint8Array.from(this.#bytes));
  }

  crash(): void {
    this.#bytes.length = this.#flushed;
  }

  async append(text: string | Uint8Array): Promise<void> {
    this.isOpen = true;
    this.#bytes.push(...(typeof text === 'string' ? new TextEncoder().encode(text) : text));
  }

  async flush(): Promise<void> {
    this.#flushed = this.#bytes.length;
  }

  async position(): Promise<number> {
    return this.#bytes.length;
  }

  async read(begin: number, end: number): Promise<Uint8Array> {
    return Uint8Array.from(this.#bytes.slice(begin, end));
  }

  async truncate(position: number): Promise<void> {
    if (position > this.#bytes.length)
      throw new Error(`cannot cut ${this.#bytes.length} bytes to ${position}`);
    this.#bytes.length = position;
    this.#flushed = Math.min(this.#flushed, position);
  }

  async close(): Promise<void> {
    this.isOpen = false;
  }
}
