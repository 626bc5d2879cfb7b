import type * as NodeFs from 'node:fs';
import { createFsFromVolume, Volume } from 'memfs';
import { DiskLog } from './disk-log.js';

/** Does the same as `losingFs` for the functions of `node:fs` that the writer thread uses. `before` runs before each, and may throw. */
export function losingSyncFs(before: (name: string, path: string) => void = () => undefined): {
  readonly fs: typeof NodeFs;
  readonly log: DiskLog;
  readonly volume: Volume;
} {
  const volume = Volume.fromJSON({});
  const real = createFsFromVolume(volume) as unknown as typeof NodeFs;
  const log = new DiskLog();
  const open = new Map<number, { readonly of: number | string; readonly path: string }>();
  const getPath = (file: number): string => open.get(file)?.path ?? '';
  const { O_CREAT, O_TRUNC } = real.constants;

  const fs = {
    constants: real.constants,
    openSync(path: string, flags: number, mode?: number) {
      before('open', path);
      const file = real.openSync(path, flags, mode);
      open.set(file, {
        path,
        of: log.opened(path, { isMade: (flags & O_CREAT) !== 0, isCut: (flags & O_TRUNC) !== 0 }),
      });
      return file;
    },
    writeSync(file: number, bytes: Uint8Array, offset: number, length: number, position: number) {
      before('write', getPath(file));
      const written = real.writeSync(file, bytes, offset, length, position);
      log.written(open.get(file)!.of, position, bytes.subarray(offset, offset + written));
      return written;
    },
    fsyncSync(file: number) {
      before('sync', getPath(file));
      real.fsyncSync(file);
      log.synced(open.get(file)!.of);
    },
    /** Ends in a later turn, like a sync in another thread. */
    fsync(file: number, done: (error: Error | null) => void) {
      setImmediate(() => {
        try {
          fs.fsyncSync(file);
        } catch (error) {
          return done(error as Error);
        }
        done(null);
      });
    },
    closeSync(file: number) {
      before('close', getPath(file));
      real.closeSync(file);
    },
    fstatSync(file: number, options: { bigint: true }) {
      before('stat', getPath(file));
      return real.fstatSync(file, options);
    },
    futimesSync(file: number, accessed: number, modified: number) {
      before('utimes', getPath(file));
      real.futimesSync(file, accessed, modified);
    },
    lstatSync(path: string, options: { bigint: true; throwIfNoEntry?: boolean }) {
      before('lstat', path);
      return real.lstatSync(path, options);
    },
    renameSync(from: string, to: string) {
      before('rename', from);
      real.renameSync(from, to);
      log.renamed(from, to);
    },
    unlinkSync(path: string) {
      before('unlink', path);
      real.unlinkSync(path);
      log.removed(path);
    },
    mkdirSync(path: string, options: NodeFs.MakeDirectoryOptions) {
      before('mkdir', path);
      return real.mkdirSync(path, options);
    },
  };
  return { fs: fs as unknown as typeof NodeFs, log, volume };
}
