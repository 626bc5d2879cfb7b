import { basename, dirname } from 'node:path';

/** Identifies a file, whatever its names are. Folders are identified by their paths. */
type File = number;

/**
 * The calls of the file system, in order. An effect is certainly on the medium once its file or folder was
 * synced after it.
 */
export type DiskEvent =
  | { readonly kind: 'write'; readonly of: File; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: 'cut'; readonly of: File }
  /** Names of one folder, changed together: to a file, to a folder, or to nothing. */
  | {
      readonly kind: 'names';
      readonly of: string;
      readonly changes: readonly (readonly [name: string, to: File | 'folder' | undefined])[];
    }
  /** Covers the events before the one with the number `until`, at which it began. */
  | { readonly kind: 'sync'; readonly of: File | string; readonly until: number }
  | { readonly kind: 'mark'; readonly text: string };

/**
 * Records the events, and which file has which path. `crashStates` lists the states that a power cut may
 * leave.
 */
export class DiskLog {
  readonly events: DiskEvent[] = [];
  readonly #files = new Map<string, File>();
  #made = 0;

  mark(text: string): void {
    this.events.push({ kind: 'mark', text });
  }

  /** Returns the identity of an open file: its number, or the path of a folder. */
  opened(path: string, { isMade, isCut }: { isMade: boolean; isCut: boolean }): File | string {
    const found = this.#files.get(path);
    if (found !== undefined) {
      if (isCut) this.events.push({ kind: 'cut', of: found });
      return found;
    }
    if (!isMade) return path;
    this.#made += 1;
    this.#files.set(path, this.#made);
    this.#note(path, [path, this.#made]);
    return this.#made;
  }

  madeFolder(path: string): void {
    this.#note(path, [path, 'folder']);
  }

  written(of: File | string, offset: number, bytes: Uint8Array): void {
    if (typeof of === 'number') this.events.push({ kind: 'write', of, offset, bytes: bytes.slice() });
  }

  /** @param until The number of events when the sync began. */
  synced(of: File | string, until = this.events.length): void {
    this.events.push({ kind: 'sync', of, until });
  }

  /** Records a rename within one folder. */
  renamed(from: string, to: string): void {
    const file = this.#files.get(from);
    this.linked(from, to, [from, undefined]);
    this.#files.delete(from);
    if (file === undefined) throw new Error(`${from} is no file of this log`);
  }

  linked(from: string, to: string, ...others: [string, undefined][]): void {
    const file = this.#files.get(from);
    if (file === undefined) throw new Error(`${from} is no file of this log`);
    this.#files.set(to, file);
    this.#note(to, [to, file], ...others);
  }

  removed(path: string): void {
    this.#files.delete(path);
    this.#note(path, [path, undefined]);
  }

  #note(path: string, ...changes: [path: string, to: File | 'folder' | undefined][]): void {
    this.events.push({
      kind: 'names',
      of: dirname(path),
      changes: changes.map(([one, to]) => [basename(one), to]),
    });
  }
}
