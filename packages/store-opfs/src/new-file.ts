/** A file in the making, written from its beginning. */
export interface NewFile {
  /** Makes the file of this name in the folder at this path, which is there. Where this rejects, nothing is open. */
  open(path: readonly string[], name: string): Promise<void>;
  /** Has these bytes written when it resolves; the memory is the caller's again. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Resolves when the file holds all bytes, as far as can be on the disk. */
  finish(): Promise<void>;
  /** Lets go of it, finished or not; needed in any case. Removing an unfinished file is the caller's. */
  close(): Promise<void>;
}
