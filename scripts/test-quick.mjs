// Runs what can be run in under a minute: `npm run test:quick` the fast tests in Node, `npm run test:quick
// callbacks fit` those of these packages. Leaves out what trains again and again or starts browsers. Options,
// and what follows them, go to Vitest.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Without a package: the contracts, the formats, the checks of the workspace, and no training. */
const usual = ['callbacks', 'keepfit', 'store-memory', 'store-fs', 'tensorboard'];

const given = process.argv.slice(2);
const firstOption = given.findIndex((argument) => argument.startsWith('-'));
const packages = firstOption === -1 ? given : given.slice(0, firstOption);
const unknown = packages.find((name) => !existsSync(`${root}packages/${name}/package.json`));
if (unknown !== undefined) {
  console.error(`There is no package "${unknown}" in packages/`);
  process.exit(2);
}
const { status } = spawnSync(
  process.execPath,
  [
    `${root}node_modules/vitest/vitest.mjs`,
    ...['run', '--mode', 'quick', '--project', 'node'],
    ...(packages.length > 0 ? packages : usual).map((name) => `packages/${name}/`),
    ...given.slice(packages.length),
  ],
  { cwd: root, stdio: 'inherit' },
);
process.exitCode = status ?? 1;
