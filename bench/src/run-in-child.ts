import { fork } from 'node:child_process';
import type { Plot, Row } from './bench.js';
import { stopOnAbort } from './stop-on-abort.js';

export interface Turn {
  /** The bundled run-bench.ts. */
  readonly program: string;
  readonly name: string;
  /** The parent of the folder that the bench writes to. */
  readonly folder: string;
  readonly quick: boolean;
  /** Ends the process and all that it started. */
  readonly signal?: AbortSignal;
  onRow?(row: Row): void;
}

export interface Measured {
  readonly rows: readonly Row[];
  readonly plots: readonly Plot[];
  /** Why the bench did not reach its end. */
  readonly failure?: string;
}

/** Runs a bench in a fresh process, which can collect its garbage. */
export async function runInChild({ program, name, folder, quick, signal, onRow }: Turn): Promise<Measured> {
  signal?.throwIfAborted();
  const rows: Row[] = [];
  const plots: Plot[] = [];
  const child = fork(program, [name, folder, quick ? 'quick' : ''], {
    execArgv: ['--expose-gc'],
    serialization: 'advanced',
    detached: signal !== undefined && process.platform !== 'win32',
  });
  child.on('message', (message: { row?: Row; plot?: Plot }) => {
    if (message.plot !== undefined) plots.push(message.plot);
    if (message.row === undefined) return;
    rows.push(message.row);
    onRow?.(message.row);
  });
  const release = stopOnAbort(child, signal);
  const code = await new Promise<number | string | null>((resolve) =>
    child.once('exit', (status, killedBy) => resolve(status ?? killedBy)),
  );
  release();
  signal?.throwIfAborted();
  return { rows, plots, ...(code !== 0 && { failure: `the process ended with ${code}` }) };
}
