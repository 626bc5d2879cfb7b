import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { programFile } from './programs/program-file.js';

const root = fileURLToPath(new URL('..', import.meta.url));

type Proof = 'soak' | 'large-checkpoint' | 'power-cut' | 'reference-reader';

const run = (proof: Proof, args: readonly string[]) =>
  promisify(execFile)(process.execPath, [programFile(`scripts/proof/${proof}/main.ts`), ...args], {
    cwd: root,
  });

test.concurrent.each<[Proof, ...string[]]>([
  ['soak', '--kills', 'x'],
  ['soak', '--kills', '0'],
  ['large-checkpoint', '--bytes', ''],
  ['power-cut', '--part', 'x'],
  ['power-cut', '--only', 'zfs'],
  ['reference-reader', '--nope', 'x'],
])('%s %s %j is refused with a line and status 2, for it would prove nothing', async (proof, ...args) => {
  const line = expect.stringMatching(new RegExp(`^.*${args[0]}.*\n$`));
  await expect(run(proof, args)).rejects.toMatchObject({ code: 2, stdout: '', stderr: line });
});

test.concurrent.each<Proof>(['soak', 'large-checkpoint', 'power-cut', 'reference-reader'])(
  '%s --help tells its options',
  async (proof) => {
    expect((await run(proof, ['--help'])).stdout).toMatch(/^ {2}--\w+/m);
  },
);
