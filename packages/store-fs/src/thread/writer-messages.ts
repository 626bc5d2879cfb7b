/** What a writer thread is asked: begin, then writes, then commit; or abort. */
export type WriterRequest =
  | { readonly kind: 'begin'; readonly job: WriterJob }
  | { readonly kind: 'write'; readonly slot: ArrayBuffer; readonly length: number }
  | { readonly kind: 'commit' }
  | { readonly kind: 'abort' };

/** One checkpoint to be written. All paths are absolute. */
export interface WriterJob {
  readonly temp: string;
  readonly path: string;
  readonly folder: string;
  readonly byteLength: number;
  /** Of the parts whose checksums follow them; none where all bytes are sent. */
  readonly partLengths: readonly number[];
  /** The version that is to be replaced, null for none; undefined for whatever is there. */
  readonly replaces: string | null | undefined;
  /** In nanoseconds since 1970: the new file's time must be later. */
  readonly newestTime: bigint;
}

/**
 * What it answers, in the order of what it was asked. After `failed` it passes over all but `abort`, and has removed what it wrote at the
 * latest when it answers that.
 */
export type WriterReply =
  | { readonly kind: 'freed'; readonly slot: ArrayBuffer }
  | { readonly kind: 'aborted' }
  | { readonly kind: 'done'; readonly version: string; readonly time: bigint }
  | { readonly kind: 'failed'; readonly failure: WriterFailure };

export type WriterFailure =
  /** `code` of the file system, and what was done to which path. */
  | {
      readonly why: 'error';
      readonly action: string;
      readonly path: string;
      readonly code: string;
      readonly message: string;
    }
  | { readonly why: 'conflict'; readonly found: string | null }
  | { readonly why: 'size'; readonly found: bigint }
  | { readonly why: 'write'; readonly length: number; readonly written: number };
