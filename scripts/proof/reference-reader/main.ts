import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseCommandLine } from '../parse-command-line.js';
import { writeEveryTypeCheckpoint } from './every-type-checkpoint.js';
import type { ExpectedTensors } from './expected-tensors.js';
import { writeTrainedCheckpoint } from './trained-checkpoint.js';

const HELP = `Reads files that keepfit wrote with the reference implementation of safetensors, Python's, and compares every tensor.
One is of a short training, one has tensors of every type. Needs Python with the packages safetensors and numpy.

  --python X   which Python   [python3]`;

const READER = fileURLToPath(new URL('read.py', import.meta.url));

const OPTIONS = {
  python: { type: 'string', default: 'python3' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const values = parseCommandLine(() => parseArgs({ options: OPTIONS }).values);
if (values.help) console.log(HELP);
else await main(values.python);

async function main(python: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'keepfit-reference-'));
  try {
    await writeExpected(folder, 'trained', await writeTrainedCheckpoint(folder));
    await writeExpected(folder, 'every-type', await writeEveryTypeCheckpoint(folder));
    const { status, error } = spawnSync(python, [READER, folder], { stdio: 'inherit' });
    if (error === undefined) process.exitCode = status ?? 1;
    else console.log(`skipped: ${python} cannot be started (${error.message})`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes the expected content beside `<name>.safetensors`. */
async function writeExpected(folder: string, name: string, expected: ExpectedTensors): Promise<void> {
  await writeFile(join(folder, `${name}.json`), JSON.stringify(expected));
}
