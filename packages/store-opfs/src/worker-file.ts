import type { NewFile } from './new-file.js';
import { syncFile } from './sync-file.js';

/** How an operation in the worker failed, or nothing. */
type Reply = [message: string, name: string] | undefined;

/**
 * Writes with a sync access handle in a worker of its own, which ends with the file.
 *
 * The worker's source is made from functions of this package, as a Blob: there is no second file that a bundler or a server would have
 * to find. A page whose Content-Security-Policy does not allow `worker-src blob:` refuses the worker, and `open` rejects.
 */
export function workerFile(): NewFile {
  const url = URL.createObjectURL(
    new Blob([`(${serve.toString()})((${syncFile.toString()})())`], { type: 'text/javascript' }),
  );
  const worker = new Worker(url);

  function ask(method: keyof NewFile, values: unknown[] = [], transfer: Transferable[] = []): Promise<void> {
    return new Promise((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<Reply>) =>
        data === undefined ? resolve() : reject(new DOMException(...data));
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
      worker.postMessage([method, values], transfer);
    });
  }

  return {
    async open(...where) {
      try {
        await ask('open', where);
      } catch (error) {
        worker.terminate();
        throw error;
      } finally {
        URL.revokeObjectURL(url);
      }
    },
    write(bytes) {
      const copy = bytes.slice(); // The bytes stay their owner's.
      return ask('write', [copy], [copy.buffer]);
    },
    finish: () => ask('finish'),
    close: () => ask('close').finally(() => worker.terminate()),
  };
}

/** Runs in the worker. Like `syncFile` it uses nothing from around it. */
function serve(file: NewFile): void {
  globalThis.onmessage = async ({
    data: [method, values],
  }: MessageEvent<[keyof NewFile, [never, never]]>) => {
    try {
      await file[method](...values);
      postMessage(undefined);
    } catch (error) {
      postMessage([(error as Error).message, (error as Error).name]);
    }
  };
}
