import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { programFile } from '../../../../test/programs/program-file.js';

const PROGRAM = programFile('packages/store-fs/test/helpers/race-for-lock.ts');

/** A trainer in another process that can be told to try for a lock, and can be killed. */
export interface TrainerProcess {
  readonly pid: number;
  /** Resolves to `held` or the code of the error. */
  tryLock(): Promise<string>;
  release(): Promise<string>;
  signal(name: NodeJS.Signals): void;
  /** Lets it end by itself, with the lock if it has it. */
  end(): Promise<void>;
  /** Ends it as `kill -9` does, and waits until it is gone. */
  kill(): Promise<void>;
}

/**
 * Starts a trainer.
 *
 * @param command What runs Node, for instance `unshare`, with its arguments.
 */
export async function startTrainer(
  folder: string,
  kind: 'links' | 'no-links' = 'links',
  command: readonly string[] = [],
): Promise<TrainerProcess> {
  const [program = '', ...args] = [...command, process.execPath, PROGRAM, folder, kind];
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  // Not `exit`: with a command before Node, that comes when the command is gone, and Node perhaps is not.
  const exit = once(child, 'close');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (request?: string): Promise<string> => {
    if (request !== undefined) child.stdin.write(`${request}\n`);
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`the trainer ended with ${JSON.stringify(await exit)}`);
    return value;
  };
  await ask();
  return {
    pid: getPid(child),
    tryLock: () => ask('try'),
    release: () => ask('release'),
    signal: (name) => void child.kill(name),
    end: async () => {
      child.stdin.end();
      await exit;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exit;
    },
  };
}

function getPid({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error('no process was started');
  return pid;
}
