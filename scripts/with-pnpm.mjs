// Runs the pinned pnpm with the given arguments, and installs the workspace first if needed.
// Needs nothing but Node and npm: `node scripts/with-pnpm.mjs run demo`.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { spawnArguments } from './spawn-arguments.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { packageManager } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

function pnpm(args) {
  const npx = spawnArguments('npx', ['--yes', packageManager, ...args]);
  const { status, signal, error } = spawnSync(npx.command, npx.args, {
    cwd: root,
    stdio: 'inherit',
    shell: npx.shell,
  });
  if (error) throw error;
  return signal ? 1 : (status ?? 1);
}

function installIsDue() {
  const installed = `${root}node_modules/.modules.yaml`;
  return !existsSync(installed) || statSync(installed).mtimeMs < statSync(`${root}pnpm-lock.yaml`).mtimeMs;
}

let status = installIsDue() ? pnpm(['install', '--frozen-lockfile']) : 0;
if (status === 0) status = pnpm(process.argv.slice(2));
process.exitCode = status;
