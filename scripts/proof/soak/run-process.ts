import type { SeenCheckpoint } from './read-checkpoint.js';
import { startProcess } from './start-process.js';

/**
 * When to kill a process: this many milliseconds after its start, or after the first checkpoint it
 * acknowledged.
 */
export interface KillTime {
  readonly after: 'start' | 'first checkpoint';
  readonly milliseconds: number;
}

export interface ProcessEnd {
  readonly wasKilled: boolean;
  /** Every checkpoint that it acknowledged, in order. */
  readonly acknowledged: readonly SeenCheckpoint[];
}

/** Runs a program until it ends or is killed by SIGKILL. Rejects if it fails by itself. */
export async function runProcess(
  program: string,
  args: readonly string[],
  kill?: KillTime,
): Promise<ProcessEnd> {
  const training = startProcess(program, args);
  let timer: NodeJS.Timeout | undefined;
  if (kill !== undefined) {
    if (kill.after === 'first checkpoint') await training.next();
    timer = setTimeout(() => training.kill(), kill.milliseconds);
  }
  const end = await training.ended.finally(() => clearTimeout(timer));
  if (end === 'lost') throw new Error('the training lost its lock, although no other one runs');
  return { wasKilled: end === 'killed', acknowledged: training.acknowledged };
}
