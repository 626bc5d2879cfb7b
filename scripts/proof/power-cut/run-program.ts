import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { killAtEnd } from './clean-up.js';

/** Runs a program to its end, without a shell. Resolves to its output, and rejects with its errors. */
export async function runProgram(program: string, ...args: readonly string[]): Promise<string> {
  try {
    const running = promisify(execFile)(program, [...args]);
    killAtEnd(running.child);
    const { stdout } = await running;
    return stdout.trim();
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(`${program} ${args.join(' ')}: ${stderr?.trim() || message}`, { cause: error });
  }
}
