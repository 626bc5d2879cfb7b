import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { JobState, Slurm } from './slurm.js';

/** What became of one training: a job, or a task of an array. */
export interface TrainingProof {
  readonly name: string;
  /** How often Slurm has put it back into the queue: again if the urgent job still waits for others to end. */
  readonly restarts: number;
  /** The first step of each of its processes that trained. */
  readonly firstSteps: readonly number[];
  /** The last step of the training. */
  readonly lastStep: number;
  /** SHA-256 of weights, optimizer and history, as JSON. */
  readonly result: string;
  /** The same of a training in one piece. */
  readonly expected: string;
}

/** The trainings wait for their interruption after this step. They have 64 steps. */
const PAUSE = 20;
const PATIENCE = 120_000;
const jobs = fileURLToPath(new URL('../../../examples/schedulers/slurm/', import.meta.url));
const TASKS = [1, 2, 3] as const;

/**
 * Runs all job scripts of examples/schedulers at once, and interrupts each training: by a job of higher priority, which
 * needs all CPUs of the partition `spot`, or by its time limit. Resolves when all have completed.
 *
 * @param program The bundle of examples/schedulers/src/train.ts.
 * @param folder For outputs and backups.
 */
export async function proveJobs(slurm: Slurm, program: string, folder: string): Promise<TrainingProof[]> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'train.mjs'), `await import(${JSON.stringify(pathToFileURL(program).href)});\n`);
  const submit = (name: string): Promise<string> =>
    slurm.submit(folder, join(jobs, `${name}.sh`), name === 'array' ? 'array-%a.out' : `${name}.out`, {
      PAUSE: String(PAUSE),
    });
  const names = ['time-limit', 'preempted', 'early-notice', 'array'];
  const numbers: string[] = [];
  for (const name of names) numbers.push(await submit(name));

  const outputs = ['time-limit', 'preempted', 'early-notice', ...TASKS.map((task) => `array-${task}`)];
  const read = (name: string): string => {
    const file = join(folder, `${name}.out`);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  };
  await until(
    () => outputs.every((name) => read(name).includes('pauses')),
    () => describeOutputs(outputs, read),
  );
  const urgent = join(folder, 'urgent.sh');
  writeFileSync(urgent, '#!/bin/bash\n#SBATCH --partition=normal --cpus-per-task=7\n');
  await slurm.submit(folder, urgent, 'urgent.out');

  let states: JobState[] = [];
  await until(
    async () => {
      states = (await Promise.all(numbers.map((number) => slurm.readStates(number)))).flat();
      return states.every(({ state }) => /COMPLETED|FAILED|CANCELLED|TIMEOUT|PREEMPTED/.test(state));
    },
    () => `${JSON.stringify(states)}\n${describeOutputs(outputs, read)}`,
  );
  const expected = await Promise.all(TASKS.map((seed) => trainInOnePiece(program, folder, seed)));
  const seedOf = (name: string): number => Number(/array-(\d)/.exec(name)?.[1] ?? 1);
  return outputs.map((name, index) => ({
    name,
    restarts: states[index]?.restarts ?? 0,
    firstSteps: readSteps(read(name), 'first step'),
    lastStep: readSteps(read(name), 'last step')[0] ?? -1,
    result: readResult(read(name)),
    expected: expected[seedOf(name) - 1] ?? '',
  }));
}

async function trainInOnePiece(program: string, folder: string, seed: number): Promise<string> {
  const env = { ...process.env, SEED: String(seed), BACKUP: join(folder, `whole-${seed}`) };
  const { stdout } = await promisify(execFile)(process.execPath, [program], { env });
  return readResult(stdout);
}

function readResult(output: string): string {
  return /^result (.*)$/m.exec(output)?.[1] ?? `no result in:\n${output}`;
}

function readSteps(output: string, label: string): number[] {
  return [...output.matchAll(new RegExp(`^${label} (\\d+)$`, 'gm'))].map(([, step]) => Number(step));
}

function describeOutputs(names: readonly string[], read: (name: string) => string): string {
  return names.map((name) => `--- ${name}\n${read(name)}`).join('\n');
}

async function until(isDone: () => boolean | Promise<boolean>, describe: () => string): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!(await isDone())) {
    if (performance.now() > end) throw new Error(`the jobs do not end within 120 s:\n${describe()}`);
    await delay(100);
  }
}
