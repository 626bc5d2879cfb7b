// The program of a worker: it begins to serve when it is loaded.
import { serveShards } from './worker/serve-shards.js';

serveShards();
