import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

const run = (proof: string, args: readonly string[]) =>
  promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--conditions=keepfit:source', `scripts/proof/${proof}/main.ts`, ...args],
    { cwd: root },
  );

test.concurrent.each([
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

test.concurrent.each(['soak', 'large-checkpoint', 'power-cut', 'reference-reader'])(
  '%s --help tells its options',
  async (proof) => {
    expect((await run(proof, ['--help'])).stdout).toMatch(/^ {2}--\w+/m);
  },
);
