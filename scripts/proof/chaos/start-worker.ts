import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A worker that starts again whenever it is killed. */
export interface Worker {
  kill(): void;
  /** Suspends it, and lets it continue after so many milliseconds. */
  suspend(milliseconds: number): void;
  /** Rejects if a process ended by itself. Otherwise it is pending until `stop`. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** @param program The bundle of worker.ts. */
export function startWorker(program: string, server: string): Worker {
  let child: ChildProcess;
  let isStopped = false;

  async function run(): Promise<void> {
    while (!isStopped) {
      child = spawn(process.execPath, [program, server], { stdio: ['ignore', 'ignore', 'inherit'] });
      const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
      if (signal !== 'SIGKILL')
        throw new Error(`a worker ended by itself with ${signal ?? `status ${code}`}`);
    }
  }

  const ended = run();
  ended.catch(() => undefined);
  return {
    ended,
    kill: () => void child.kill('SIGKILL'),
    suspend(milliseconds) {
      const suspended = child;
      suspended.kill('SIGSTOP');
      setTimeout(() => suspended.kill('SIGCONT'), milliseconds);
    },
    async stop() {
      isStopped = true;
      child.kill('SIGKILL');
      await ended.catch(() => undefined);
    },
  };
}
