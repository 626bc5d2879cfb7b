/**
 * The contract of a file that grows at its end, and can be cut back to a place where it was. Through it, callbacks write what must be
 * neither lost nor doubled by a crash: flushed before a checkpoint, and cut to the saved position on resume.
 *
 * Calls do not overlap: each is awaited before the next.
 */
export interface OutputSink {
  /** Adds to the end; text as UTF-8. Opens what is closed. */
  append(text: string | Uint8Array): Promise<void>;
  /** When it resolves, what was appended survives a kill of the process, and where the place allows it a power cut. */
  flush(): Promise<void>;
  /** The length in bytes; 0 where there is nothing yet. */
  position(): Promise<number>;
  /** Cuts to this length in bytes. Rejects with KEEPFIT_STORE_FAILED where it is shorter. */
  truncate(position: number): Promise<void>;
  /** Releases what is open. */
  close?(): Promise<void>;
}
