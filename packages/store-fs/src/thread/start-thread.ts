import { Worker } from 'node:worker_threads';
import type { WriterThread } from './thread-line.js';
import { threadText } from './thread-text.js';

/**
 * Starts the thread that writes. Its program is a text, so that bundlers need not know of another file, and
 * tools that rewrite functions leave it alone. It needs no modules that this process preloads, and no profile
 * at its end.
 *
 * @throws an error of Node when this process may not have threads.
 */
export function startThread(): WriterThread {
  return new Worker(threadText, { eval: true, execArgv: [], env: {}, name: 'keepfit-writer' });
}
