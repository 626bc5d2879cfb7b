/** What TypeScript's types of a page leave out: `move`, iteration, and the handles that only dedicated workers have. */
export interface MovableFileHandle extends FileSystemFileHandle {
  /** Gives the file another name in its folder, in place of the file that has it. Absent in older browsers. */
  move?(name: string): Promise<void>;
}

export interface IterableDirectoryHandle extends FileSystemDirectoryHandle {
  keys(): AsyncIterableIterator<string>;
}

export interface SyncFileHandle extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<SyncAccessHandle>;
}

/** Some methods gave promises in the first browsers that had it. */
export interface SyncAccessHandle {
  /** May write fewer bytes than it is given. */
  write(bytes: Uint8Array, options: { at: number }): number;
  flush(): void | Promise<void>;
  close(): void | Promise<void>;
}
