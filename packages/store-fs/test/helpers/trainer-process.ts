import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { programFile } from '../../../../test/programs/program-file.js';

const PROGRAM = programFile('packages/store-fs/test/helpers/race-for-lock.ts');

/** A trainer in another process that can be told to try for locks, and can be killed. */
export interface TrainerProcess {
  readonly pid: number;
  /** Tries in a subfolder, or in its folder itself. Resolves to `held` or the code of the error. */
  tryLock(subfolder?: string): Promise<string>;
  release(subfolder?: string): Promise<string>;
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
  const waiting = new Map<string, (answer: string) => void>();
  const isReady = new Promise<void>((resolve) => waiting.set('ready', () => resolve()));
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [name = '', ...answer] = line.split(' ');
    waiting.get(name)?.(answer.join(' '));
    waiting.delete(name);
  });
  const ended = exit.then((reason) => {
    throw new Error(`the trainer ended with ${JSON.stringify(reason)}`);
  });
  // It may end when nobody asks.
  ended.catch(() => undefined);
  const ask = (request: string, subfolder: string): Promise<string> => {
    const answer = new Promise<string>((resolve) => waiting.set(subfolder, resolve));
    child.stdin.write(`${request} ${subfolder}\n`);
    return Promise.race([answer, ended]);
  };
  await Promise.race([isReady, ended]);
  return {
    pid: getPid(child),
    tryLock: (subfolder = '.') => ask('try', subfolder),
    release: (subfolder = '.') => ask('release', subfolder),
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
