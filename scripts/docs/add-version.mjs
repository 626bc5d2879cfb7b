import { cpSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

const RELEASE = /^v\d+\.\d+\.\d+$/;

/**
 * Adds a built site to the folder of all published ones: as `next`, or as `vX.Y.Z`. The folder `latest` is a copy of the
 * newest release; a release of an older line does not replace it. versions.json lists the folders for the pages, and
 * index.html leads to the newest release.
 */
export function addVersion(site, published, folder) {
  if (folder !== 'next' && !RELEASE.test(folder))
    throw new Error(`expected "next" or a version such as v1.2.3, not "${folder}"`);
  replace(site, join(published, folder));
  const releases = readdirSync(published)
    .filter((name) => RELEASE.test(name))
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  const [newest] = releases;
  if (folder === newest) replace(site, join(published, 'latest'));
  const versions = [
    ...(newest === undefined ? [] : [{ folder: 'latest', title: `${newest.slice(1)} (latest)` }]),
    ...(existsSync(join(published, 'next')) ? [{ folder: 'next', title: 'next' }] : []),
    ...releases.map((name) => ({ folder: name, title: name.slice(1) })),
  ];
  writeFileSync(join(published, 'versions.json'), `${JSON.stringify(versions, undefined, 2)}\n`);
  const first = `${versions[0].folder}/index.html`;
  const redirect = `<meta http-equiv="refresh" content="0; url=${first}">`;
  writeFileSync(
    join(published, 'index.html'),
    `<!doctype html><meta charset="utf-8"><title>keepfit</title>${redirect}<a href="${first}">keepfit</a>\n`,
  );
  // GitHub would leave out files whose names begin with an underscore.
  writeFileSync(join(published, '.nojekyll'), '');
}

function replace(from, to) {
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true });
}

if (argv[1] === fileURLToPath(import.meta.url)) addVersion(...argv.slice(2));
