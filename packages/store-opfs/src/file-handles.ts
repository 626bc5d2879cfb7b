/**
 * Members that TypeScript's types of a page lack: `move`, iteration, and handles that only dedicated workers
 * have.
 */
export interface MovableFileHandle extends FileSystemFileHandle {
  /** Renames the file in its folder, and replaces the file with that name. Absent in older browsers. */
  move?(name: string): Promise<void>;
}

export interface IterableDirectoryHandle extends FileSystemDirectoryHandle {
  keys(): AsyncIterableIterator<string>;
}

export interface SyncFileHandle extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<SyncAccessHandle>;
}

/** Some methods returned promises in early browsers. */
export interface SyncAccessHandle {
  /** May write fewer bytes than given. */
  write(bytes: Uint8Array, options: { at: number }): number;
  flush(): void | Promise<void>;
  close(): void | Promise<void>;
}
