import { createQueue } from '../system/create-queue.js';
import type { FileSystem } from '../system/file-system.js';
import { getHeldFolders, type HeldFolders } from '../system/held-folders.js';
import type { Host, Platform } from '../system/host.js';
import type { LocalSockets } from '../system/local-sockets.js';
import { type WithFileErrors, withFileErrors } from '../system/with-file-errors.js';

/** Large enough that its overhead does not count, and small enough that the disk begins early. */
const SYNC_EVERY = 16 * 1024 * 1024;

type Queue = ReturnType<typeof createQueue>;

/** The commits of each folder that this process uses, because several stores may open one folder. */
const commitQueues = new WeakMap<FileSystem, Map<string, Queue>>();

/** The folder in which one fsStore keeps its files, with the state of that store. */
export interface Folder extends WriteFolder {
  readonly host: Host;
  /** Undefined if the files are not Node's own, because then a path names no socket. */
  readonly sockets: LocalSockets | undefined;
  readonly held: HeldFolders;
}

/** The part of it that a write needs. */
export interface WriteFolder extends FolderState {
  readonly fs: WithFileErrors<FileSystem>;
  readonly host: Platform;
  /** Keeps other commits of this process out between the last check of a condition and the rename. */
  readonly commits: Queue;
  /** Absent in the thread that writes, which does not know the locks. */
  readonly held?: HeldFolders;
}

/** What a folder knows, as plain values. */
export interface FolderState {
  /** Absolute. */
  readonly path: string;
  /** After how many bytes a file is synced while more is written. */
  readonly syncEvery: number;
  /** Whether the folder exists and its own entry is durable. */
  isPrepared: boolean;
  /** The file that this store last read or stored under each key. */
  readonly known: Map<string, KnownFile>;
}

/** A file that was seen to have a version. */
export interface KnownFile {
  readonly version: string;
  /** Changes when the file is replaced, and on some file systems by itself. */
  readonly stamp: string;
}

export function toFolder(path: string, fs: FileSystem, host: Host, sockets?: LocalSockets): Folder {
  const state = { path, syncEvery: SYNC_EVERY, isPrepared: false, known: new Map() };
  const shared = { commits: getCommitQueue(path, fs), held: getHeldFolders(fs) };
  return { ...toWriteFolder(state, fs, host), ...shared, host, sockets };
}

export function toWriteFolder(state: FolderState, fs: FileSystem, host: Platform): WriteFolder {
  return { ...state, fs: withFileErrors(fs, 'fsStore'), host, commits: createQueue() };
}

function getCommitQueue(path: string, fs: FileSystem): Queue {
  const queues = commitQueues.get(fs) ?? new Map<string, Queue>();
  const queue = queues.get(path) ?? createQueue();
  commitQueues.set(fs, queues.set(path, queue));
  return queue;
}
