/**
 * The part of `node:fs/promises` that fsStore uses, with Node's names and meanings. Give another one to put
 * checkpoints elsewhere, for instance `fs.promises` of memfs. The types of memfs lack `sync` and the bigint
 * stats of its handles, so TypeScript needs a cast.
 *
 * A failure is an Error with Node's `code`: ENOENT if nothing is there; EEXIST if `open` with O_EXCL, `mkdir`
 * or `link` finds something; ENOSPC or EDQUOT if there is no room. fsStore can only promise what this file
 * system keeps: `rename` replaces atomically, and `sync` returns when the bytes, or the entries of a folder,
 * are on the medium.
 */
export interface FileSystem {
  readonly constants: OpenFlags;
  open(path: string, flags: number, mode?: number): Promise<FileHandle>;
  /** Follows symbolic links. */
  stat(path: string, options: { bigint: true }): Promise<FileStats>;
  /** Does not follow a symbolic link at the end of the path. */
  lstat(path: string, options: { bigint: true }): Promise<FileStats>;
  readdir(path: string, options: { withFileTypes: true }): Promise<DirectoryEntry[]>;
  /** Makes one folder, not its parents. */
  mkdir(path: string, options: { mode: number }): Promise<unknown>;
  rename(from: string, to: string): Promise<void>;
  /**
   * Gives a file a second name; never replaces another file. Fails with EPERM, ENOTSUP or ENOSYS if there are
   * no links.
   */
  link(existing: string, path: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** Only used if the folder is a symbolic link to one that is missing; that is an error without it. */
  readlink?(path: string): Promise<string>;
}

/** Flags of `open`, as the numbers of this file system. */
export interface OpenFlags {
  readonly O_RDONLY: number;
  readonly O_WRONLY: number;
  readonly O_CREAT: number;
  readonly O_EXCL: number;
  /** Absent on Windows. */
  readonly O_NOFOLLOW?: number;
  /** Absent on Windows. */
  readonly O_NONBLOCK?: number;
}

export interface FileHandle {
  /** May read fewer bytes than asked for; 0 at the end of the file. */
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
  /** May write fewer bytes than asked for. */
  write(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ bytesWritten: number }>;
  stat(options: { bigint: true }): Promise<FileStats>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface FileStats {
  readonly dev: bigint;
  readonly ino: bigint;
  /** In bytes. */
  readonly size: bigint;
  readonly mtimeNs: bigint;
  isFile(): boolean;
  isDirectory(): boolean;
}

export interface DirectoryEntry {
  readonly name: string;
  isFile(): boolean;
}

/** Whether a value has flags for `open` and these operations. */
export function isFileSystem(value: unknown, operations: readonly string[]): boolean {
  const given = (value ?? {}) as Readonly<Record<string, unknown>>;
  return (
    typeof given['constants'] === 'object' && operations.every((name) => typeof given[name] === 'function')
  );
}
