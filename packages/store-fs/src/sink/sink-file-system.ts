import type { FileStats, OpenFlags } from '../system/file-system.js';

/**
 * The part of `node:fs/promises` that fileSink uses, with Node's names, meanings and error codes. Give
 * `fs.promises` of memfs to test without a disk; its types lack some methods of its handles, so TypeScript
 * needs a cast.
 */
export interface SinkFileSystem {
  readonly constants: Pick<OpenFlags, 'O_RDONLY' | 'O_WRONLY' | 'O_CREAT'> & { readonly O_RDWR: number };
  open(path: string, flags: number, mode?: number): Promise<SinkFileHandle>;
  stat(path: string, options: { bigint: true }): Promise<Pick<FileStats, 'size'>>;
  /** Makes a folder and its missing parents; no error if it exists. */
  mkdir(path: string, options: { recursive: true }): Promise<unknown>;
}

export interface SinkFileHandle {
  /** May read fewer bytes than asked for; 0 at the end of the file. */
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
  /** May write fewer bytes than asked for. */
  write(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ bytesWritten: number }>;
  truncate(length: number): Promise<void>;
  stat(options: { bigint: true }): Promise<Pick<FileStats, 'size'>>;
  sync(): Promise<void>;
  close(): Promise<void>;
}
