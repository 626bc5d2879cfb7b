// The program of a worker: it begins to serve when it is loaded.
import { serveShards } from './shard-worker/serve-shards.js';

serveShards();
