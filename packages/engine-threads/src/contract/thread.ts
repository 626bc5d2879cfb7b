import type { ToWorker } from './messages.js';

/** A worker's thread, of whatever platform. */
export interface Thread {
  /** Sends a message. What is posted is copied, but for shared memory. */
  post(message: ToWorker): void;
  /** Ends the thread at once, whatever it computes. Resolves when it has ended. */
  stop(): Promise<void>;
}

/** What happens to a thread. */
export interface ThreadEvents {
  onMessage(message: unknown): void;
  /** It has ended by itself, or could not start. Called once. */
  onGone(cause: unknown): void;
}

/** Starts a thread that runs the worker's program. */
export type StartThread = (events: ThreadEvents) => Thread;
