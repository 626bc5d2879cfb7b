import {
  type CheckpointStore,
  KeepfitError,
  type MonitorFetch,
  type OutputSink,
  type ProgressOutput,
} from '@keepfit/callbacks';
import { mapStore } from '../../../callbacks/test/map-store.js';

interface OutputFile {
  bytes: Buffer;
  /** How many of the bytes survive a power cut. */
  flushed: number;
}

/** What a power cut leaves of bytes that were not flushed. */
export type Unflushed = 'kept' | 'torn' | 'lost';

/**
 * All that a training leaves outside of its process, and finds there when it is started again. In memory, and
 * copied at once.
 */
export class Outside {
  readonly stores = new Map<string, Map<string, Uint8Array>>();
  readonly files = new Map<string, OutputFile>();
  /** Bodies that the server has accepted. */
  readonly posts: string[] = [];
  /** Bodies that it has refused once: it accepts them the second time. */
  readonly refused: string[] = [];
  readonly lines: string[] = [];
  /** Called before each change: what is there now is what a kill would leave. */
  beforeChange: () => void = () => undefined;

  store(name: string): CheckpointStore {
    return mapStore(this.#stored(name));
  }

  sink(name: string): OutputSink {
    const file = this.files.get(name) ?? { bytes: Buffer.alloc(0), flushed: 0 };
    this.files.set(name, file);
    return {
      append: async (text) =>
        this.#change(() => void (file.bytes = Buffer.concat([file.bytes, Buffer.from(text as Uint8Array)]))),
      flush: async () => this.#change(() => void (file.flushed = file.bytes.length)),
      position: async () => file.bytes.length,
      read: async (begin, end) => file.bytes.subarray(begin, end),
      truncate: async (position) => {
        const { length } = file.bytes;
        if (position > length)
          throw new KeepfitError(
            'KEEPFIT_STORE_FAILED',
            `${name} has ${length} bytes and cannot be cut to ${position}`,
          );
        this.#change(() =>
          Object.assign(file, {
            bytes: file.bytes.subarray(0, position),
            flushed: Math.min(file.flushed, position),
          }),
        );
      },
    };
  }

  /** A server that is down when it is first sent what contains `refuses`. */
  server(refuses: string): MonitorFetch {
    return async (_url, { body }) => {
      const ok = !body.includes(refuses) || this.refused.includes(body);
      this.#change(() => void (ok ? this.posts : this.refused).push(body));
      return { ok, status: ok ? 200 : 503, text: async () => '' };
    };
  }

  screen(): ProgressOutput {
    return { isTerminal: false, write: (text) => this.#change(() => void this.lines.push(text)) };
  }

  /** What is there after a kill, or a power cut. Cannot be changed by this one's training any more. */
  copy(unflushed: Unflushed = 'kept'): Outside {
    const copy = new Outside();
    for (const [name, stored] of this.stores)
      for (const [key, bytes] of stored) copy.#stored(name).set(key, bytes);
    for (const [name, { bytes, flushed }] of this.files) {
      const length = { kept: bytes.length, torn: Math.ceil((flushed + bytes.length) / 2), lost: flushed }[
        unflushed
      ];
      copy.files.set(name, { bytes: bytes.subarray(0, length), flushed: length });
    }
    copy.posts.push(...this.posts);
    copy.refused.push(...this.refused);
    copy.lines.push(...this.lines);
    return copy;
  }

  get hasUnflushed(): boolean {
    return [...this.files.values()].some(({ bytes, flushed }) => bytes.length > flushed);
  }

  #stored(name: string): Map<string, Uint8Array> {
    const stored = this.stores.get(name) ?? new WatchedMap(() => this.beforeChange());
    this.stores.set(name, stored);
    return stored;
  }

  #change(change: () => void): void {
    this.beforeChange();
    change();
  }
}

class WatchedMap extends Map<string, Uint8Array> {
  readonly #beforeChange: () => void;

  constructor(beforeChange: () => void) {
    super();
    this.#beforeChange = beforeChange;
  }

  override set(key: string, bytes: Uint8Array): this {
    this.#beforeChange();
    return super.set(key, bytes);
  }

  override delete(key: string): boolean {
    this.#beforeChange();
    return super.delete(key);
  }
}
