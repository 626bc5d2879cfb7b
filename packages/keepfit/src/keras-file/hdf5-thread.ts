import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { KeepfitError } from '@keepfit/callbacks';

/** What the thread can be asked about a path in its file. */
type Question = 'list' | 'describeAttribute' | 'readAttribute' | 'describeArray' | 'readArray';

/** A thread that holds one HDF5 file at a time. */
export interface Hdf5Thread {
  /**
   * Opens a file, whose memory goes to the thread.
   *
   * @throws KEEPFIT_CHECKPOINT_CORRUPT when it is a damaged one.
   */
  open(bytes: Uint8Array): Promise<void>;
  /** @throws KEEPFIT_CHECKPOINT_CORRUPT when the library cannot answer, or not in time. */
  ask(question: Question, path: string, name?: string): Promise<unknown>;
  end(): Promise<void>;
}

/** How long the thread may work on one answer, and how much memory it may take. */
export interface ThreadLimits {
  /** In ms. */
  readonly patience: number;
  /** Bytes of the library, besides those of the file. */
  readonly memory: number;
}

type Reply = { readonly value: unknown } | { readonly error: string } | { readonly missing: string };

/** Of JavaScript: lists of names. */
const MAX_HEAP_MEGABYTES = 512;
/** Time is counted in ticks: those that a suspended computer misses do not count. */
const TICKS = 10;

const DEFAULTS: ThreadLimits = { patience: 30_000, memory: 2 ** 29 };

/**
 * The program of the thread. It is a text, so that bundlers need not know of another file, and tools that
 * rewrite functions leave it alone. It only calls the library; what is asked and what is believed is decided
 * by the other thread.
 *
 * The C library may loop without end over a damaged file, and its memory grows as long as it is given more.
 */
const PROGRAM = `
const { createRequire } = require('node:module');
const { pathToFileURL } = require('node:url');
const { parentPort, workerData } = require('node:worker_threads');
const { folders, memory } = workerData;

let limit = memory;
const { grow } = WebAssembly.Memory.prototype;
WebAssembly.Memory.prototype.grow = function (pages) {
  if (this.buffer.byteLength + pages * 65536 > limit) throw new RangeError('too much memory');
  return grow.call(this, pages);
};

function resolveLibrary() {
  for (const folder of folders)
    try {
      return createRequire(folder + '/').resolve('h5wasm');
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND') throw error;
    }
}

async function start() {
  const path = resolveLibrary();
  if (path === undefined) return parentPort.postMessage({ missing: 'it is not installed' });
  const { BrokenSoftLink, Dataset, ExternalLink, File, Group, ready } = await import(pathToFileURL(path).href);
  const { FS } = await ready;
  // The library prints each error of a damaged file. Its own handler, which throws instead, leaves files open.
  // Some errors are only printed, and the values are then those that were in the memory before.
  let hasFailed = false;
  const write = (stream, from, offset, length) => {
    hasFailed = true;
    return length;
  };
  FS.getStream(2).stream_ops = { ...FS.getStream(2).stream_ops, write };
  const getValue = (entity) => {
    hasFailed = false;
    const value = entity?.value;
    return hasFailed ? null : value;
  };
  let file;
  const open = (bytes) => {
    file?.close();
    limit = memory + bytes.length;
    FS.writeFile('/file.h5', bytes, { canOwn: true });
    file = new File('/file.h5', 'r');
  };
  const isLink = (entity) => entity instanceof BrokenSoftLink || entity instanceof ExternalLink;
  const get = (path) => (path === '' ? file : file.get(path));
  const answers = createAnswers({ Dataset, Group, isLink }, get, getValue);
  parentPort.on('message', ({ bytes, question, path, name }) => {
    try {
      const value = bytes === undefined ? answers[question](path, name) : open(bytes);
      parentPort.postMessage({ value }, value instanceof Float32Array ? [value.buffer] : []);
    } catch (error) {
      parentPort.postMessage({ error: String(error?.message ?? error) });
    }
  });
  parentPort.postMessage({ value: undefined });
}

/** Answers null for a link to another file or to nothing, and for values that cannot be read. */
function createAnswers({ Dataset, Group, isLink }, get, getValue) {
  const getAttribute = (path, name) => {
    const entity = get(path);
    return entity instanceof Group ? entity.attrs[name] : undefined;
  };
  const getArray = (path) => {
    const entity = get(path);
    return entity instanceof Dataset ? entity : isLink(entity) ? null : undefined;
  };
  const describe = (array) => array && { ...array.metadata, filters: array.filters.map(({ id, name }) => name || 'filter ' + id) };
  return {
    list: (path) => {
      const entity = get(path);
      return entity instanceof Group ? entity.keys() : isLink(entity) ? null : undefined;
    },
    describeAttribute: (path, name) => getAttribute(path, name)?.metadata,
    readAttribute: (path, name) => getValue(getAttribute(path, name)),
    describeArray: (path) => describe(getArray(path)),
    readArray: (path) => getValue(getArray(path)),
  };
}

start().catch((error) => parentPort.postMessage({ missing: String(error?.message ?? error) }));
`;

/**
 * Starts a thread with the HDF5 library.
 *
 * @throws KEEPFIT_INVALID_OPTION when the package h5wasm is not installed, or another one.
 */
export async function startHdf5Thread(limits: Partial<ThreadLimits> = {}): Promise<Hdf5Thread> {
  const { patience, memory } = { ...DEFAULTS, ...limits };
  const worker = new Worker(PROGRAM, {
    eval: true,
    name: 'keepfit-hdf5',
    // The package is for ESM only, and require.resolve finds only what is for CommonJS.
    execArgv: ['--conditions=import'],
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MEGABYTES },
    // It is installed beside keepfit, or in the project in which the command runs.
    workerData: { folders: [getOwnFolder(), process.cwd()], memory },
  });
  // Otherwise an error between two questions would be one of the process. The next question gets no answer.
  worker.on('error', () => undefined);
  const end = async () => void (await worker.terminate());
  try {
    const started = await waitForReply(worker, DEFAULTS.patience);
    if ('missing' in started) throw new Error(started.missing);
  } catch (cause) {
    await end();
    throw createMissingError(cause as Error);
  }
  const request = async (message: object, transfer: readonly ArrayBuffer[] = []): Promise<unknown> => {
    const reply = waitForReply(worker, patience);
    worker.postMessage(message, transfer);
    const answer = await reply.catch((error: Error) => {
      throw createHdf5Error(error.message, error);
    });
    if ('value' in answer) return answer.value;
    const cause = new Error('error' in answer ? answer.error : answer.missing);
    throw createHdf5Error('a part of it cannot be read', cause);
  };
  return {
    open: async (bytes) => {
      const own = bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
      await request({ bytes: own }, [own.buffer as ArrayBuffer]);
    },
    ask: (question, path, name) => request({ question, path, name }),
    end,
  };
}

/** The folder of this module, in ESM and in CommonJS. */
function getOwnFolder(): string {
  return dirname(typeof __filename === 'string' ? __filename : fileURLToPath(import.meta.url));
}

/** Rejects when the thread ends, or takes too long. */
function waitForReply(worker: Worker, patience: number): Promise<Reply> {
  return new Promise((resolve, reject) => {
    let ticks = 0;
    const timer = setInterval(() => {
      if (++ticks < TICKS) return;
      settle(() => reject(new Error(`the HDF5 library has not answered for ${patience / 1000} s`)));
    }, patience / TICKS);
    const onReply = (reply: Reply) => settle(() => resolve(reply));
    const onError = ({ message }: Error) =>
      settle(() => reject(new Error(`the HDF5 library broke down (${message})`)));
    const onExit = () => settle(() => reject(new Error('the HDF5 library broke down')));
    const settle = (how: () => void) => {
      clearInterval(timer);
      worker.off('message', onReply).off('error', onError).off('exit', onExit);
      how();
    };
    worker.on('message', onReply).on('error', onError).on('exit', onExit);
  });
}

function createMissingError(cause: Error): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `files of Keras are read with the package h5wasm, which cannot be loaded: ${cause.message}; run "npm install h5wasm" in your project, ` +
      'or "npx --package=keepfit --package=h5wasm keepfit import …"',
    { cause },
  );
}

export function createHdf5Error(reason: string, cause?: unknown): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_CHECKPOINT_CORRUPT',
    `the file is no whole HDF5 file: ${reason}; save the model again`,
    cause === undefined ? undefined : { cause },
  );
}
