import { runCommand } from '../../src/commands/run-command.js';

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command within this process. */
export async function keepfit(...args: string[]): Promise<Ran> {
  return keepfitAt(Date.now(), false, ...args);
}

export async function keepfitAt(now: number, hasColours: boolean, ...args: string[]): Promise<Ran> {
  const ran = { out: '', err: '' };
  const status = await runCommand(args, '1.2.3', {
    print: (text) => void (ran.out += text),
    printError: (text) => void (ran.err += text),
    hasColours,
    now: () => now,
  });
  return { status, ...ran };
}
