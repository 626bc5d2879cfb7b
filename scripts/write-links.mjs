// Writes the links of each package from `repository` of the workspace's package.json, the one place that names
// it. Run it after a change there: node scripts/write-links.mjs
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

/** The fields by which npm shows where a package comes from, and where to report a bug. */
export function linksOf(repository, folder) {
  return {
    homepage: `${repository}/tree/main/packages/${folder}#readme`,
    bugs: `${repository}/issues`,
    repository: { type: 'git', url: `git+${repository}.git`, directory: `packages/${folder}` },
  };
}

function writeLinks(root) {
  const read = (file) => JSON.parse(readFileSync(new URL(file, root), 'utf8'));
  const { repository } = read('package.json');
  for (const folder of readdirSync(new URL('packages/', root))) {
    const file = `packages/${folder}/package.json`;
    const {
      name,
      version,
      private: isPrivate,
      description,
      homepage,
      bugs,
      repository: _,
      ...rest
    } = read(file);
    const first = { name, version, ...(isPrivate ? { private: isPrivate } : {}), description };
    const manifest = { ...first, ...linksOf(repository, folder), ...rest };
    writeFileSync(new URL(file, root), `${JSON.stringify(manifest, null, 2)}\n`);
  }
}

if (argv[1] === fileURLToPath(import.meta.url)) writeLinks(new URL('../', import.meta.url));
