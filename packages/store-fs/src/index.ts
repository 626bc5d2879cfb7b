export { fileSink } from './sink/file-sink.js';
export { fsStore } from './fs-store.js';

export type { FileSinkOptions } from './sink/file-sink.js';
export type { DirectoryEntry, FileHandle, FileStats, FileSystem } from './system/file-system.js';
export type { FsStoreOptions } from './fs-store.js';
export type { SinkFileHandle, SinkFileSystem } from './sink/sink-file-system.js';
