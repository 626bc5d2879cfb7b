/** A lock whose file must come back with its folder. */
export interface FolderHolder {
  /** Called when this process has just made the folder. */
  placeAgain(): Promise<unknown>;
  /** Makes the folder again if it is gone, or about to go, with the files of all its holders. */
  restoreFolder(): Promise<unknown>;
}

/**
 * The folders of one file system in which this thread holds locks, by absolute path. A deleted one may be made
 * again by whoever writes next: the holder, another store, a sink. Without the locks, their holders would take
 * the new folder for one in which another trainer has finished their run.
 */
export class HeldFolders {
  readonly #holders = new Map<string, Set<FolderHolder>>();

  get isEmpty(): boolean {
    return this.#holders.size === 0;
  }

  /** Returns what ends it. */
  add(path: string, holder: FolderHolder): () => void {
    const holders = this.#holders.get(path) ?? new Set();
    this.#holders.set(path, holders.add(holder));
    return () => {
      holders.delete(holder);
      if (holders.size === 0 && this.#holders.get(path) === holders) this.#holders.delete(path);
    };
  }

  /** Call it when this process has just made a folder, and no other call did. */
  async placeAgain(path: string): Promise<void> {
    for (const holder of this.#holders.get(path) ?? []) await holder.placeAgain();
  }

  /**
   * Call it before a file is made in a folder, or the folder itself in a way that does not tell whether this process
   * made it.
   */
  async restore(path: string): Promise<void> {
    const [holder] = this.#holders.get(path) ?? [];
    await holder?.restoreFolder();
  }
}

const heldFolders = new WeakMap<object, HeldFolders>();

export function getHeldFolders(fs: object): HeldFolders {
  const held = heldFolders.get(fs) ?? new HeldFolders();
  heldFolders.set(fs, held);
  return held;
}
