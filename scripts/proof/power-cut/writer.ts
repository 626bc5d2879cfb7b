/** A way of replacing one file that may be cut at any instant. */
export interface Writer {
  readonly name: string;
  /** Its steps in a few words, for the table. */
  readonly does: string;
  /** Whether it is keepfit's, which must never fail. */
  readonly isOwn: boolean;
  /**
   * Replaces the one checkpoint in an existing folder that was empty at first. Calls back when the writer
   * reports success.
   */
  set(folder: string, bytes: Uint8Array, onStored: () => void): Promise<void>;
  /** Removes the checkpoint, if the writer makes promises about that. */
  delete?(folder: string, onDeleted: () => void): Promise<void>;
  /** Reads the checkpoint as a later run would; undefined if there is none. */
  get(folder: string): Promise<Uint8Array | undefined>;
}
