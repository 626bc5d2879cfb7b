import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { SeenCheckpoint } from './read-checkpoint.js';

/** `lost`: because another process has taken its lock, or its run on a server of NATS. */
export type End = 'completed' | 'killed' | 'lost';

export interface TrainingProcess {
  /** Every checkpoint that it acknowledged so far, in order. */
  readonly acknowledged: readonly SeenCheckpoint[];
  /** Resolves when it has ended. Rejects if it failed. */
  readonly ended: Promise<End>;
  /** Resolves to true at the next checkpoint that it acknowledges, and to false at its end. */
  next(): Promise<boolean>;
  /** By SIGKILL, unless another signal is given. */
  kill(signal?: 'SIGSTOP' | 'SIGCONT'): void;
}

/** Starts a program that prints the checkpoints which it acknowledges. */
export function startProcess(program: string, args: readonly string[]): TrainingProcess {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exit = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const complaints: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
  const acknowledged: SeenCheckpoint[] = [];
  let tellNext: (isAcknowledged: boolean) => void = () => undefined;
  let next: Promise<boolean>;
  const turn = (): void => void (next = new Promise((resolve) => (tellNext = resolve)));
  turn();

  async function readUntilEnd(): Promise<End> {
    try {
      for await (const line of createInterface({ input: child.stdout })) {
        acknowledged.push(JSON.parse(line) as SeenCheckpoint);
        tellNext(true);
        turn();
      }
      const [code, signal] = await exit;
      if (code === 0) return 'completed';
      if (signal === 'SIGKILL') return 'killed';
      const text = Buffer.concat(complaints).toString();
      if (/KEEPFIT_STORE_CONFLICT|KEEPFIT_ENGINE_FAILED: another coordinator/.test(text)) return 'lost';
      throw new Error(`the training ended by itself with ${signal ?? `status ${code}`}: ${text}`);
    } finally {
      child.kill('SIGKILL');
      tellNext(false);
    }
  }

  const ended = readUntilEnd();
  // Who waits for the end may do so later.
  ended.catch(() => undefined);
  return { acknowledged, ended, next: () => next, kill: (signal) => void child.kill(signal ?? 'SIGKILL') };
}
