/** The requests to a writer thread: begin, then writes, then commit; or abort. */
export type WriterRequest =
  | { readonly kind: 'begin'; readonly job: WriterJob }
  | { readonly kind: 'write'; readonly buffer: ArrayBuffer; readonly length: number }
  | { readonly kind: 'commit' }
  | { readonly kind: 'abort' };

/** One checkpoint to write. All paths are absolute. */
export interface WriterJob {
  readonly temp: string;
  readonly path: string;
  readonly folder: string;
  readonly byteLength: number;
  /** The lengths of the parts whose checksums the thread appends; empty if all bytes are sent. */
  readonly partLengths: readonly number[];
  /** The version to replace: null if there must be no checkpoint, undefined for any. */
  readonly replaces: string | null | undefined;
  /** In nanoseconds since 1970; the time of the new file must be later. */
  readonly newestTime: bigint;
}

/**
 * The replies, in the order of the requests. After `failed` the thread ignores all requests but `abort`. When it answers that, it has
 * removed its temp file.
 */
export type WriterReply =
  | { readonly kind: 'freed'; readonly buffer: ArrayBuffer }
  | { readonly kind: 'aborted' }
  | { readonly kind: 'done'; readonly version: string; readonly time: bigint }
  | { readonly kind: 'failed'; readonly failure: WriterFailure };

export type WriterFailure =
  /** The `code` of the file system, and which action on which path failed. */
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
