import { lstat, rename, unlink } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { basename, relative } from 'node:path';

/**
 * Whether a process listens on a socket. `refused`: none listens any more, as far as the kernel of this
 * machine knows. `unknown`: there is no such socket, or it cannot be asked.
 */
export type SocketAnswer = 'alive' | 'refused' | 'unknown';

/**
 * Unix sockets in the file system; on Windows named pipes, which nobody has tried yet. The kernel answers for
 * a process that listens, also if its event loop is blocked, if it is stopped, or if it is in another
 * container. It refuses as soon as the process is gone.
 */
export interface LocalSockets {
  /**
   * Listens at a path until `close`, which removes the file. Undefined if that is not possible: the path is
   * too long, or the file system or the sandbox allows no sockets.
   */
  listen(path: string): Promise<LocalSocket | undefined>;
  /** Asks the process that listens at a path. `device` is that of the socket, if it is known. */
  ask(path: string, device?: string): Promise<SocketAnswer>;
}

export interface LocalSocket {
  /**
   * The mounted file system that the socket is in, as the kernel numbers it; undefined if sockets are not
   * files here.
   */
  readonly device: string | undefined;
  close(): Promise<void>;
}

/** Systems allow 104 or 108 bytes, of which the last is zero. */
const LONGEST_PATH = 103;
const ATTEMPTS = 3;

const ignore = (): undefined => undefined;

export function localSockets(isWindows: boolean): LocalSockets {
  const toAddress = isWindows ? (path: string) => `\\\\.\\pipe\\keepfit${basename(path)}` : shorten;
  const listen = isWindows ? listenAt : listenThenRename;
  return {
    async listen(path) {
      // A new holder of the lock may remove the temp file of a socket; then the next attempt succeeds.
      for (let tries = 0; tries < ATTEMPTS; tries++) {
        try {
          const close = await listen(toAddress(path));
          return {
            device: isWindows ? undefined : await getDevice(path),
            close: async () => void (await Promise.allSettled([unlink(path), close()])),
          };
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return undefined;
        }
      }
      return undefined;
    },
    async ask(path, device) {
      try {
        const answer = await connectTo(toAddress(path));
        return answer === 'refused' && !(await isProof(path, device)) ? 'unknown' : answer;
      } catch {
        return 'unknown';
      }
    },
  };
}

/**
 * Whether a refusal proves that nobody listens. A file that is no socket refuses too. So does a socket that a
 * living process made on another mount of the same network drive: to the kernel it is another socket.
 */
async function isProof(path: string, device: string | undefined): Promise<boolean> {
  if (!(await lstat(path)).isSocket()) return false;
  return device === undefined || (await getDevice(path)) === device;
}

async function getDevice(path: string): Promise<string> {
  return String((await lstat(path, { bigint: true })).dev);
}

/** The path, or its shorter form relative to the working directory. Node cuts longer paths without an error. */
function shorten(path: string): string {
  const [short = path] = [relative('', path), path].sort((a, b) => a.length - b.length);
  if (Buffer.byteLength(short) > LONGEST_PATH) throw new Error(`too long for a socket: ${path}`);
  return short;
}

/**
 * Renames the file when it already listens. So a socket with the final name that refuses is a dead one. And
 * Node removes only the first name when the thread ends, so the final one stays to refuse.
 */
async function listenThenRename(path: string): Promise<() => Promise<void>> {
  const temp = path.replace(/\.sock$/, '.tmp');
  const close = await listenAt(temp);
  try {
    await rename(temp, path);
    return close;
  } catch (error) {
    await close();
    throw error;
  }
}

async function listenAt(path: string): Promise<() => Promise<void>> {
  const server = createServer((peer) => peer.on('error', ignore).destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    // Exclusive: a worker of node:cluster must not share the socket with its siblings.
    server.listen({ path, exclusive: true }, resolve);
  });
  // An error of accepting one peer, such as EMFILE, must not end the training.
  server.on('error', ignore).unref();
  return async () => void server.close();
}

async function connectTo(path: string): Promise<SocketAnswer> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.on('connect', () => {
      resolve('alive');
      socket.destroy();
    });
    socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      // EAGAIN: so many wait for an answer already that the queue is full.
      resolve(code === 'ECONNREFUSED' ? 'refused' : code === 'EAGAIN' ? 'alive' : 'unknown');
    });
  });
}
