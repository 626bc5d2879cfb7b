import type { ChildProcess } from 'node:child_process';

/**
 * Ends a detached process, and all that it started, when the signal aborts. Returns a function that stops
 * listening.
 */
export function stopOnAbort(child: ChildProcess, signal: AbortSignal | undefined): () => void {
  const stop = (): void => {
    try {
      // A detached process leads a group, and a negative id is the whole group. Windows has no groups.
      if (child.pid !== undefined && process.platform !== 'win32') process.kill(-child.pid, 'SIGTERM');
      else child.kill();
    } catch {
      // It has ended.
    }
  };
  signal?.addEventListener('abort', stop);
  if (signal?.aborted === true) stop();
  return () => signal?.removeEventListener('abort', stop);
}
