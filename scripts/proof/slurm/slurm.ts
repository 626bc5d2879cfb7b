import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The state of a job, as `scontrol show job` prints it. An array has a state per task. */
export interface JobState {
  readonly state: string;
  readonly restarts: number;
}

/** Whether the programs of Slurm are installed. */
export function isSlurmInstalled(): boolean {
  return ['/usr/sbin/slurmctld', '/usr/sbin/slurmd', '/usr/sbin/munged', '/usr/bin/sbatch'].every(existsSync);
}

/** A Slurm that `start.sh` has started in a folder. */
export class Slurm {
  readonly #folder: string;

  /** @param folder The one that `start.sh` got. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Starts a Slurm in a new folder. Rejects if it does not answer within 20 s. */
  static async start(folder: string): Promise<Slurm> {
    await run('bash', [pathOf('start.sh'), folder]);
    return new Slurm(folder);
  }

  /** Ends all jobs and daemons, and removes the folder. */
  async stop(): Promise<void> {
    await run('bash', [pathOf('stop.sh'), this.#folder]);
  }

  /** Submits a job script with the variables, in a folder. Resolves to the job's number. */
  async submit(cwd: string, script: string, output: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
    const { stdout } = await this.#run('sbatch', ['--parsable', `--output=${output}`, script], { cwd, env });
    return stdout.trim();
  }

  /** Reads the states of a job and of the tasks of an array. */
  async readStates(job: string): Promise<JobState[]> {
    const { stdout } = await this.#run('scontrol', ['--oneliner', 'show', 'job', job]);
    return stdout
      .trim()
      .split('\n')
      .map((line) => ({
        state: /JobState=(\w+)/.exec(line)?.[1] ?? '',
        restarts: Number(/Restarts=(\d+)/.exec(line)?.[1]),
      }));
  }

  #run(command: string, args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) {
    const env = { ...process.env, ...options.env, SLURM_CONF: join(this.#folder, 'slurm.conf') };
    return run(command, args, { ...options, env });
  }
}

function pathOf(script: string): string {
  return fileURLToPath(new URL(script, import.meta.url));
}
