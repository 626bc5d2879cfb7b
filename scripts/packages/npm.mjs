import { run } from './run.mjs';

/** Runs npm in a folder; it prefers earlier downloads. */
export function npm([command, ...args], cwd) {
  return run(
    process.platform === 'win32' ? 'npm.cmd' : 'npm',
    [command, '--no-audit', '--no-fund', '--prefer-offline', ...args],
    { cwd },
  );
}
