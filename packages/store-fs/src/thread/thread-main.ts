import { parentPort } from 'node:worker_threads';
import { serveWriter, type ThreadPort } from './serve-writer.js';
import { syncFileSystem } from './sync-file-system.js';

// `npm run build:thread` puts this program into thread-text.ts.
serveWriter(parentPort as ThreadPort, syncFileSystem).catch((error: unknown) => {
  // Ends the thread, also if the process only warns about rejections.
  queueMicrotask(() => {
    throw error;
  });
});
