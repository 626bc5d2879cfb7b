import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg, platform, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

export type Machine = Readonly<Record<string, string | number>>;

/**
 * Describes the machine, its load, and the versions of everything measured: a figure depends on all of these.
 */
export function describeMachine(): Machine {
  const [cpu] = cpus();
  return {
    commit: readCommit(),
    cpu: `${cpu?.model.trim() ?? 'unknown'}, ${cpus().length} cores`,
    memory: `${Math.round(totalmem() / 1e9)} GB`,
    system: `${platform()} ${release()}`,
    'load at the start': loadavg()
      .map((load) => load.toFixed(1))
      .join(' '),
    node: process.versions.node,
    v8: process.versions.v8,
    ...Object.fromEntries(
      ['@tensorflow/tfjs-core', 'write-file-atomic', 'steno'].map((name) => [name, readVersion(name)]),
    ),
  };
}

function readCommit(): string {
  try {
    const git = (...args: string[]) =>
      execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : ' and changes');
  } catch {
    return 'unknown';
  }
}

function readVersion(name: string): string {
  const entry = createRequire(import.meta.url)
    .resolve(name)
    .replaceAll('\\', '/');
  const folder = entry.slice(0, entry.lastIndexOf(`/node_modules/${name}/`));
  const file = new URL(`file://${folder}/node_modules/${name}/package.json`);
  return (JSON.parse(readFileSync(fileURLToPath(file), 'utf8')) as { version: string }).version;
}
