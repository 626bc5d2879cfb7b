// The program of a worker: it begins to serve when it is loaded. WebKit evaluates the first module of a worker again if
// another one imports from it, as chunks of a bundler may do. So this one has nothing to share, and loads the others.
const early: unknown[] = [];
const keep = ({ data }: MessageEvent): void => void early.push(data);
// In Node, the port of a worker keeps its messages until somebody listens.
globalThis.addEventListener?.('message', keep);

import('./shard-worker/serve-shards.js').then(
  ({ serveShards }) => {
    serveShards();
    globalThis.removeEventListener?.('message', keep);
    for (const data of early) globalThis.dispatchEvent(new MessageEvent('message', { data }));
  },
  (error: unknown) => {
    // In a page, only an error outside of promises reaches the thread that has started this worker.
    setTimeout(() => {
      throw error;
    });
  },
);
