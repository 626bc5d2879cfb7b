export { fileSink } from './file-sink.js';
export { fsStore } from './fs-store.js';

export type { FileSinkOptions } from './file-sink.js';
export type { DirectoryEntry, FileHandle, FileStats, FileSystem } from './file-system.js';
export type { FsStoreOptions } from './fs-store.js';
export type { SinkFileHandle, SinkFileSystem } from './sink-file-system.js';
