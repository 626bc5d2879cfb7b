import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundlePrograms } from '../../../test/programs/bundle-programs.js';
import { parseCommandLine } from '../parse-command-line.js';
import { proveJobs } from './prove-jobs.js';
import { isSlurmInstalled, Slurm } from './slurm.js';

const HELP = `Starts a Slurm on this machine, runs the jobs of examples/schedulers/slurm, has each of them interrupted, and
compares the results with trainings in one piece. Needs the packages slurmctld, slurmd, slurm-client and munge.

  --keep FOLDER  where the outputs of the jobs stay  [none]`;

const { help, keep } = parseCommandLine(() => {
  const options = {
    keep: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  } as const;
  return parseArgs({ options }).values;
});

if (help) console.log(HELP);
else if (isSlurmInstalled()) await main(mkdtempSync(join(tmpdir(), 'keepfit-slurm-')));
else {
  console.error(
    'Slurm is not installed: apt-get install --no-install-recommends slurmctld slurmd slurm-client munge',
  );
  process.exitCode = 2;
}

async function main(temp: string): Promise<void> {
  const train = fileURLToPath(new URL('../../../examples/schedulers/src/train.ts', import.meta.url));
  await bundlePrograms({ train }, temp);
  const slurm = await Slurm.start(join(temp, 'slurm'));
  try {
    const proofs = await proveJobs(slurm, join(temp, 'train.mjs'), keep ?? join(temp, 'jobs'));
    for (const { name, restarts, firstSteps, lastStep, result, expected } of proofs) {
      const steps = `from ${firstSteps.join(', ')} to ${lastStep}`;
      const isSame = result === expected;
      console.log(
        `${name.padEnd(13)} restarts ${restarts}  steps ${steps}  ${isSame ? 'equal' : 'DIFFERENT'}`,
      );
      if (!isSame) process.exitCode = 1;
    }
  } finally {
    await slurm.stop();
    rmSync(temp, { recursive: true, force: true });
  }
}
