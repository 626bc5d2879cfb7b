import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './npm.mjs';
import { run } from './run.mjs';

/**
 * The Nodes that the packages must run on: the oldest promised line, one in between, and the newest; from
 * npm's package `node`.
 */
const wanted = { oldest: '20.19', between: '22', newest: 'latest' };

/** Downloads these Nodes into `folder`, and resolves to them as `{ version, path, isOldest }`. */
export async function installNodes(folder) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'nodes', private: true, version: '0.0.0' }),
  );
  await npm(
    ['install', ...Object.entries(wanted).map(([name, version]) => `${name}@npm:node@${version}`)],
    folder,
  );
  const paths = Object.keys(wanted).map((name) =>
    join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node'),
  );
  return Promise.all(
    paths.map(async (path, index) => ({
      path,
      version: (await run(path, ['--version'], { cwd: folder })).trim(),
      isOldest: index === 0,
    })),
  );
}
