import { spawn } from 'node:child_process';
import { BenchError } from '../bench-error.js';
import { stopOnAbort } from '../stop-on-abort.js';

export interface Where {
  readonly cwd: string;
  /** Variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Ends the process and all that it started. */
  readonly signal: AbortSignal;
}

/** Runs a program. Resolves to its output, and rejects with a BenchError that has the last lines if it fails. */
export async function runProcess(
  program: string,
  args: readonly string[],
  { cwd, env, signal }: Where,
): Promise<string> {
  signal.throwIfAborted();
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  let [output, all] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    all += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (all += text));
  const release = stopOnAbort(child, signal);
  // "close" waits for all processes that share its output, so nothing writes any more.
  const code = await new Promise<number | string | null>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (status, killedBy) => resolve(status ?? killedBy));
  });
  release();
  signal.throwIfAborted();
  if (code !== 0) {
    const tail = all.trimEnd().split('\n').slice(-15).join('\n');
    throw new BenchError(`${[program, ...args].join(' ')} ended with ${code}:\n${tail}`);
  }
  return output;
}
