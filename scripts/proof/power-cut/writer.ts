/** A way of replacing one file, to be cut at any instant. */
export interface Writer {
  readonly name: string;
  /** What it does beside writing, in a few words, for the table. */
  readonly does: string;
  /** Whether it is keepfit's, which must never fail. */
  readonly isOwn: boolean;
  /** In a folder that is there and was empty at first, replaces the one checkpoint. Calls back when the writer says that it has. */
  set(folder: string, bytes: Uint8Array, onStored: () => void): Promise<void>;
  /** Removes it, where the writer promises anything about that. */
  delete?(folder: string, onDeleted: () => void): Promise<void>;
  /** What a later run would find: the bytes, or undefined where there is nothing. */
  get(folder: string): Promise<Uint8Array | undefined>;
}
