import { run } from './run.mjs';

/** Runs npm in a folder; it prefers earlier downloads. */
export function npm([command, ...args], cwd) {
  return run('npm', [command, '--no-audit', '--no-fund', '--prefer-offline', ...args], { cwd });
}
