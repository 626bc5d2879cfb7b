export { fsStore } from './fs-store.js';

export type { DirectoryEntry, FileHandle, FileStats, FileSystem } from './file-system.js';
export type { FsStoreOptions } from './fs-store.js';
