/**
 * The contract of a file that grows at its end and can be cut back to an earlier length. Callbacks write
 * through it so that a crash neither loses nor doubles their output: they flush before a checkpoint, and cut
 * to the saved position on resume. If the file is gone, shorter or another one then, they begin it again.
 *
 * Calls do not overlap: each is awaited before the next.
 */
export interface OutputSink {
  /** Names the sink in messages, such as the path of its file. */
  readonly name?: string;
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
  /**
   * The bytes from `begin` to before `end`; fewer, or none, if the file is shorter. With it, a resumed training
   * notices that its file was replaced by another one.
   */
  read?(begin: number, end: number): Promise<Uint8Array>;
  /** Releases open resources. */
  close?(): Promise<void>;
}
