// A worker thread of the training process. In a program of plain JavaScript this file is not needed: it makes Node read
// TypeScript.
import { register } from 'tsx/esm/api';

register();
await import('@keepfit/engine-threads/worker');
