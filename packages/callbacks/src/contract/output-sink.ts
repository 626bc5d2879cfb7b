/**
 * The contract of a file that grows at its end and can be cut back to an earlier length. Callbacks write
 * through it so that a crash neither loses nor doubles their output: they flush before a checkpoint, and cut
 * to the saved position on resume.
 *
 * Calls do not overlap: each is awaited before the next.
 */
export interface OutputSink {
  /** Adds to the end; text as UTF-8. Opens the sink if it is closed. */
  append(text: string | Uint8Array): Promise<void>;
  /**
   * When it resolves, all appended data survive a kill of the process, and a power cut if the medium allows.
   */
  flush(): Promise<void>;
  /** The length in bytes; 0 if nothing exists yet. */
  position(): Promise<number>;
  /** Cuts to this length in bytes. Rejects with KEEPFIT_STORE_FAILED if the file is shorter. */
  truncate(position: number): Promise<void>;
  /** Releases open resources. */
  close?(): Promise<void>;
}
