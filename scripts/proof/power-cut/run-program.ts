import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Runs a program to its end, without a shell. Resolves to its output, and rejects with its errors. */
export async function runProgram(program: string, ...args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, [...args]);
    return stdout.trim();
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(`${program} ${args.join(' ')}: ${stderr?.trim() || message}`, { cause: error });
  }
}
