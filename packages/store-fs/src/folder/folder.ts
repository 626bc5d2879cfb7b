import { createQueue } from '../system/create-queue.js';
import type { FileSystem } from '../system/file-system.js';
import type { Host } from '../system/host.js';
import type { LocalSockets } from '../system/local-sockets.js';
import { type WithFileErrors, withFileErrors } from '../system/with-file-errors.js';

/** The folder in which one fsStore keeps its files, with the state of that store. */
export interface Folder {
  readonly fs: WithFileErrors<FileSystem>;
  readonly host: Host;
  /** Undefined if the files are not Node's own, because then a path names no socket. */
  readonly sockets: LocalSockets | undefined;
  /** Absolute. */
  readonly path: string;
  /** Keeps other commits of this store out between the last check of a condition and the rename. */
  readonly commits: ReturnType<typeof createQueue>;
  /** Whether the folder exists and its own entry is durable. */
  isPrepared: boolean;
  /** The newest modification time this store gave to a checkpoint, in nanoseconds since 1970. */
  newestTime: bigint;
}

export function toFolder(path: string, fs: FileSystem, host: Host, sockets?: LocalSockets): Folder {
  return {
    fs: withFileErrors(fs, 'fsStore'),
    host,
    sockets,
    path,
    commits: createQueue(),
    isPrepared: false,
    newestTime: 0n,
  };
}
