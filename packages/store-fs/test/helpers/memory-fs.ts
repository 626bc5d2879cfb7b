import { createFsFromVolume, Volume } from 'memfs';
import type { FileSystem } from '../../src/index.js';

/** Creates a file system in memory with these files, by absolute path. */
export function memoryFs(files: Record<string, string | Buffer> = {}): { fs: FileSystem; volume: Volume } {
  const volume = Volume.fromJSON({});
  for (const [path, content] of Object.entries(files)) {
    volume.mkdirSync(path.slice(0, path.lastIndexOf('/')) || '/', { recursive: true });
    volume.writeFileSync(path, content);
  }
  // The types of memfs lack some methods of its handles: sync, and stats in bigint.
  return { fs: createFsFromVolume(volume).promises as unknown as FileSystem, volume };
}
