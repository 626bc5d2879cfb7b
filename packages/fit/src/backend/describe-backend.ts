import type { TrainingSource } from '../contract/engine.js';
import { getRunning } from './started-backend.js';

/** The backend that `useBackend` started and that computes now, so that a worker can start the same. */
export function describeBackend(): TrainingSource['backend'] {
  const running = getRunning();
  return running && { name: running.name, options: running.options ?? {} };
}
