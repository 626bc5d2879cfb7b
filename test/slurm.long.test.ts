import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { proveJobs } from '../scripts/proof/slurm/prove-jobs.js';
import { Slurm } from '../scripts/proof/slurm/slurm.js';
import { programFile } from './programs/program-file.js';

const cluster = process.env['KEEPFIT_SLURM'];
if (cluster === undefined)
  console.warn(
    'KEEPFIT_SLURM names no folder of scripts/proof/slurm/start.sh: the tests on Slurm are left out.',
  );
const temp = mkdtempSync(join(tmpdir(), 'keepfit-slurm-'));
afterAll(() => rmSync(temp, { recursive: true, force: true }));

test.skipIf(cluster === undefined)(
  'jobs that Slurm preempts or that reach their time limit continue with the next step, and end as without it',
  async () => {
    const slurm = new Slurm(cluster ?? '');
    const proofs = await proveJobs(slurm, programFile('examples/schedulers/src/train.ts'), temp);
    expect(proofs.map(({ name }) => name)).toEqual([
      ...['time-limit', 'preempted', 'early-notice'],
      ...['array-1', 'array-2', 'array-3'],
    ]);
    for (const { result, expected, restarts, firstSteps, lastStep } of proofs) {
      expect(result).toBe(expected);
      // More than one on a slow machine: before its pause, or a job that runs again while the urgent one still waits.
      expect(restarts).toBeGreaterThanOrEqual(1);
      expect(firstSteps[0]).toBe(0);
      expect(firstSteps).toContain(21);
      expect(firstSteps).toEqual([...firstSteps].sort((a, b) => a - b));
      expect(lastStep).toBe(63);
    }
    expect(new Set(proofs.map(({ result }) => result)).size).toBe(3);
  },
);
