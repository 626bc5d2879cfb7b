import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The packages whose main door needs Node; all others run in browsers too. */
const forNodeOnly = ['@keepfit/backend-node', '@keepfit/store-fs'];

/** Lists the packages of the workspace, with their manifests. */
export function allPackages(root) {
  return readdirSync(join(root, 'packages'))
    .filter((folder) => existsSync(join(root, 'packages', folder, 'package.json')))
    .map((folder) => ({
      folder,
      ...JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8')),
    }));
}

/** Lists the published packages, with their manifests. */
export function publicPackages(root) {
  return allPackages(root).filter((manifest) => manifest.private !== true);
}

/** Packs each package as it would be published, into `into`. */
export function packAll(root, packages, into) {
  for (const { name, folder } of packages) {
    if (!existsSync(join(root, 'packages', folder, 'dist')))
      throw new Error(`${name} is not built: run "npm run build" first`);
  }
  const filters = packages.map(({ name }) => `--filter=${name}`);
  const pack = ['exec', 'pnpm', 'pack', '--pack-destination', into];
  const args = [join(root, 'scripts/with-pnpm.mjs'), '-r', '--workspace-concurrency=2', ...filters, ...pack];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`pnpm pack ended with ${status}`);
  return packages.map(({ name, version, exports, dependencies = {} }) => ({
    name,
    tarball: join(into, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`),
    entries: Object.keys(exports).filter((entry) => !entry.endsWith('.json')),
    dependencies: Object.keys(dependencies),
    platform: forNodeOnly.includes(name) ? 'node' : 'browser',
  }));
}
