import { EventEmitter } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import type { CheckpointStore } from '@keepfit/callbacks/store';
import { toFolder } from '../../src/folder/folder.js';
import { folderStore } from '../../src/folder-store.js';
import { type FileSystem, fsStore } from '../../src/index.js';
import { serveWriter, type ThreadPort } from '../../src/thread/serve-writer.js';
import { SharedWriter } from '../../src/thread/shared-writer.js';
import type { WriterThread } from '../../src/thread/thread-line.js';
import { fakeHost } from './fake-host.js';

/** The two ways in which a store writes, over any file system. */
export const WRITERS: [how: string, openStore: (folder: string, fs: FileSystem) => CheckpointStore][] = [
  ['in the calling thread', (folder, fs) => fsStore(folder, { fs })],
  ['in the writer thread', (folder, fs) => threadStore(folder, fs)],
];

/**
 * Opens a store that writes with the program of the writer thread, as it does while a lock is held. The
 * program runs in this thread, so that it can use this file system.
 *
 * @param syncEvery After how many bytes a file is synced while it is written; 16 MiB by default.
 */
export function threadStore(folder: string, fs: FileSystem, syncEvery?: number): CheckpointStore {
  const writer = new SharedWriter(() => serveHere(fs));
  writer.keepAlive({ release: async () => undefined });
  const state = toFolder(folder, fs, fakeHost());
  return folderStore(syncEvery === undefined ? state : { ...state, syncEvery }, writer);
}

/** Runs the program of the thread in this one, over a file system. */
export function serveHere(fs: FileSystem): WriterThread {
  const { port1, port2 } = new MessageChannel();
  const events = new EventEmitter();
  port1.on('message', (replies) => events.emit('message', replies));
  void serveWriter(port2 as ThreadPort, fs).catch((error: unknown) => {
    events.emit('error', error);
    events.emit('exit', 1);
  });
  port2.unref();
  return {
    on: (event: string, listener: (value: never) => void) =>
      events.on(event, listener as (value: unknown) => void),
    postMessage: (requests, transfer) => port1.postMessage(requests, transfer),
    ref: () => port1.ref(),
    unref: () => port1.unref(),
    terminate: async () => {
      port1.close();
      events.emit('exit', 1);
    },
  };
}
