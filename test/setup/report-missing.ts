import { existsSync } from 'node:fs';

/**
 * Says in one line that a program is missing, so that its tests are left out.
 *
 * @param program Its name, and where it was looked for.
 * @throws in CI on a machine with apt, which can install it
 */
export function reportMissing(program: string, tests: string): void {
  const advice = `No ${program} found`;
  if (process.env['CI'] && existsSync('/usr/bin/apt-get'))
    throw new Error(`${advice}: CI runs ${tests} too, so install it first, as .ci/install does.`);
  console.warn(`${advice}: ${tests} are left out.`);
}
