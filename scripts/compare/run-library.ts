import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Aspect, type Batch, type End, judge, type Records, type Verdict } from './judge.js';

/** The batches after which each program kills itself: KILL_AFTER of programs/common.py. */
const KILLED_AFTER = 14;

/** A column of the table. */
export interface Row {
  readonly versions: Readonly<Record<string, string>>;
  readonly aspects: Readonly<Record<Aspect, Verdict>>;
}

/**
 * Trains once in one piece, and once with a kill, and compares both.
 *
 * @param command the program and the arguments that come before the folder
 * @param options the arguments that come last
 */
export async function runLibrary(command: readonly string[], options: readonly string[] = []): Promise<Row> {
  const folder = mkdtempSync(join(tmpdir(), 'keepfit-compare-'));
  const run = async (name: string, action: 'kill' | 'finish') => {
    mkdirSync(join(folder, name), { recursive: true });
    await train([...command, join(folder, name), action, ...options], action);
  };
  try {
    await run('whole', 'finish');
    await run('killed', 'kill');
    await run('killed', 'finish');
    const [whole, killed] = [readRecords(join(folder, 'whole')), readRecords(join(folder, 'killed'))];
    return { versions: killed.end.versions, aspects: judge(whole, killed, KILLED_AFTER) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function train([program = '', ...args]: readonly string[], action: 'kill' | 'finish'): Promise<void> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  const isKilled = signal === 'SIGKILL' || code === 128 + constants.signals.SIGKILL;
  if (action === 'kill' ? isKilled : code === 0) return;
  throw new Error(`${args[0]} ended with ${signal ?? code} at "${action}":\n${errors.slice(-2000)}`);
}

function readRecords(folder: string): Records {
  const lines = readFileSync(join(folder, 'records.jsonl'), 'utf8').trim().split('\n');
  const records = lines.map((line) => JSON.parse(line) as unknown);
  return { batches: records.slice(0, -1) as Batch[], end: records.at(-1) as End };
}
