import { vi } from 'vitest';
import { toFolder } from '../../src/folder/folder.js';
import type { FileHandle, FileStats, FileSystem } from '../../src/index.js';
import { acquireLock } from '../../src/lock/acquire-lock.js';
import { fakeHost } from './fake-host.js';
import { fsFault } from './watched-fs.js';

/** What a starter asks of the world. Files of `open` are named by their starter and a number. */
export type Request =
  | { readonly name: 'lstat' | 'read' | 'unlink'; readonly path: string }
  | { readonly name: 'create'; readonly path: string; readonly file: string }
  | { readonly name: 'write'; readonly file: string; readonly text: string; readonly path: string }
  | { readonly name: 'rename' | 'link'; readonly path: string; readonly to: string }
  | { readonly name: 'readdir' | 'pause' | 'hold' }
  | { readonly name: 'findProcess'; readonly pid: number };

/** The answer: a text, names or whether a process runs; or the code of an error. */
export interface Answer {
  readonly error?: string;
  readonly text?: string;
  readonly names?: readonly string[];
  readonly runs?: boolean;
}

export type State = 'starts' | 'holds' | 'refused' | 'released' | 'killed';

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const FLAGS = { O_RDONLY: 0, O_WRONLY: 1, O_CREAT: 64, O_EXCL: 128 };

/** One run of the real `acquireLock` and `release`, which waits for the answer to each request. */
export class StarterRun {
  readonly pid: number;
  state: State = 'starts';
  request: Request | undefined;
  fault: unknown;
  /** Names each uuid that this starter made by the starter and a number, so that all runs use the same names. */
  readonly #names = new Map<string, string>();
  readonly #uuids = new Map<string, string>();
  #files = 0;
  #answer: ((answer: Answer) => void) | undefined;
  #arrive: () => void = () => undefined;

  private constructor(pid: number) {
    this.pid = pid;
  }

  static async start(pid: number, releases: boolean): Promise<StarterRun> {
    const run = new StarterRun(pid);
    await run.#untilNext(() => void run.#play(releases));
    return run;
  }

  /** Resolves when the next request waits, or when it has ended. */
  async proceed(answer: Answer): Promise<void> {
    const give = this.#answer;
    if (give === undefined) throw new Error('two runs with the same answers differ');
    await this.#untilNext(() => give(answer));
  }

  async #untilNext(go: () => void): Promise<void> {
    this.request = undefined;
    this.#answer = undefined;
    // The claims of starters are ordered by their times.
    vi.setSystemTime(this.pid * 1000);
    await new Promise<void>((resolve) => {
      this.#arrive = resolve;
      go();
    });
  }

  async #play(releases: boolean): Promise<void> {
    const { pid } = this;
    const folder = toFolder('/runs', this.#createFs(), {
      ...fakeHost({ pid, startTime: `${pid}` }),
      findProcess: async (other) =>
        (await this.#ask({ name: 'findProcess', pid: other })).runs === true
          ? { startTime: `${other}` }
          : undefined,
      pause: async () => void (await this.#ask({ name: 'pause' })),
    });
    try {
      const lock = await acquireLock(folder, 'backup');
      this.state = 'holds';
      if (releases) {
        await this.#ask({ name: 'hold' });
        this.state = 'released';
        await lock.release();
      }
    } catch (error) {
      if ((error as { code?: unknown }).code === 'KEEPFIT_STORE_LOCKED') this.state = 'refused';
      else this.fault = error;
    }
    this.#arrive();
  }

  async #ask(request: Request): Promise<Answer> {
    if (this.request !== undefined) throw new Error('a starter has two requests at once');
    this.request = JSON.parse(this.#toNames(JSON.stringify(request))) as Request;
    const answer = await new Promise<Answer>((resolve) => {
      this.#answer = resolve;
      this.#arrive();
    });
    if (answer.error !== undefined) throw fsFault(answer.error);
    return JSON.parse(this.#toUuids(JSON.stringify(answer))) as Answer;
  }

  /** Uuids of other starters already have their names. */
  #toNames(text: string): string {
    return text.replace(UUID, (uuid) => {
      if (/^[0-9]1111111-/.test(uuid) || this.#uuids.has(uuid)) return uuid;
      const known = this.#names.get(uuid);
      if (known !== undefined) return known;
      const number = String(this.#names.size).padStart(12, '0');
      const name = `${this.pid}1111111-0000-4000-8000-${number}`;
      this.#names.set(uuid, name);
      this.#uuids.set(name, uuid);
      return name;
    });
  }

  #toUuids(text: string): string {
    return text.replace(UUID, (name) => this.#uuids.get(name) ?? name);
  }

  #createFs(): FileSystem {
    const stats = async (path: string): Promise<FileStats> => {
      if (path === '/runs' || path === '/') return statsOf(0, true);
      await this.#ask({ name: 'lstat', path });
      return statsOf(0, false);
    };
    const move =
      (name: 'rename' | 'link') =>
      async (path: string, to: string): Promise<void> =>
        void (await this.#ask({ name, path, to }));
    return {
      constants: FLAGS,
      open: async (path, flags) => {
        if (path === '/runs' || path === '/') return this.#createHandle(path, '', '');
        if ((flags & FLAGS.O_CREAT) === 0)
          return this.#createHandle(path, '', (await this.#ask({ name: 'read', path })).text ?? '');
        this.#files += 1;
        const file = `${this.pid}:${this.#files}`;
        await this.#ask({ name: 'create', path, file });
        return this.#createHandle(path, file, '');
      },
      stat: stats,
      lstat: stats,
      readdir: async () =>
        ((await this.#ask({ name: 'readdir' })).names ?? []).map((name) => ({ name, isFile: () => true })),
      mkdir: async () => undefined,
      rename: move('rename'),
      link: move('link'),
      unlink: async (path) => void (await this.#ask({ name: 'unlink', path })),
    };
  }

  /** A file is read as it is opened: both are one step. */
  #createHandle(path: string, file: string, text: string): FileHandle {
    const bytes = Buffer.from(text);
    return {
      read: async (buffer, offset, length, position) => {
        const part = bytes.subarray(position, position + length);
        buffer.set(part, offset);
        return { bytesRead: part.length };
      },
      write: async (buffer, offset, length) => {
        const written = Buffer.from(buffer.slice(offset, offset + length)).toString();
        await this.#ask({ name: 'write', path, file, text: written });
        return { bytesWritten: length };
      },
      stat: async () => statsOf(bytes.length, false),
      sync: async () => undefined,
      close: async () => undefined,
    };
  }
}

function statsOf(size: number, isFolder: boolean): FileStats {
  return {
    dev: 1n,
    ino: 1n,
    size: BigInt(size),
    mtimeNs: 0n,
    isFile: () => !isFolder,
    isDirectory: () => isFolder,
  };
}
