import type { FileStats, OpenFlags } from '../system/file-system.js';

/**
 * What fileSink uses of `node:fs/promises`, with Node's names, meanings and error codes. Give `fs.promises` of memfs to test without a
 * disk; its types leave out what its handles can, so TypeScript needs a cast.
 */
export interface SinkFileSystem {
  readonly constants: Pick<OpenFlags, 'O_RDONLY' | 'O_WRONLY' | 'O_CREAT'>;
  open(path: string, flags: number, mode?: number): Promise<SinkFileHandle>;
  stat(path: string, options: { bigint: true }): Promise<Pick<FileStats, 'size'>>;
  /** Makes a folder and its missing parents; no error where it is there. */
  mkdir(path: string, options: { recursive: true }): Promise<unknown>;
}

export interface SinkFileHandle {
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
