// Creates the package of a new store: `node scripts/new-store.mjs redis` writes packages/store-redis, which
// passes the conformance kit at once. You then write its client: the four calls that reach the place where
// checkpoints live.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { linksOf } from './write-links.mjs';

const template = fileURLToPath(new URL('new-store', import.meta.url));
/** The package from which a new one copies its manifest, build and licence. */
const model = 'store-memory';

const [name, root = fileURLToPath(new URL('..', import.meta.url))] = process.argv.slice(2);
if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name ?? '')) {
  fail(
    `give the new store a name of lower-case words, such as "redis" or "cloud-bucket", not ${JSON.stringify(name ?? '')}`,
  );
}
const folder = join(root, 'packages', `store-${name}`);
if (existsSync(folder)) fail(`${folder} already exists; give another name, or remove it`);

const words = name.split('-');
const camel = words
  .map((word, index) => (index === 0 ? word : word[0].toUpperCase() + word.slice(1)))
  .join('');
const places = { kebab: name, camel, pascal: camel[0].toUpperCase() + camel.slice(1) };

mkdirSync(folder, { recursive: true });
for (const file of ['LICENSE', 'tsconfig.json', 'tsup.config.ts'])
  cpSync(join(root, 'packages', model, file), join(folder, file));
writeManifest();
for (const file of readdirSync(template, { recursive: true }).filter((path) => path.endsWith('.template'))) {
  const target = join(folder, fillIn(file.slice(0, -'.template'.length)));
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, fillIn(readFileSync(join(template, file), 'utf8')));
}
addToDocs();

console.log(`${relative(root, folder)} is written. Install it and run the kit, which it passes:

  node scripts/with-pnpm.mjs install
  npx vitest run --project node packages/store-${name}

Then:
- put your service behind ${places.pascal}Client (src/${name}-client.ts), and run the kit on it, as the tests of store-fs do on real files
- set \`supports\` to exactly the promises that it keeps
- name it in test/import-arrows.test.ts, and in scripts/lint/import-arrows.mjs if it imports a library
- give it a limit in .size-limit.json, a line in README.md, and a changeset: npm run changeset`);

/** Replaces __kebab__, __camel__ and __pascal__ by the names. */
function fillIn(text) {
  return text.replace(/__(kebab|camel|pascal)__/g, (_, kind) => places[kind]);
}

function writeManifest() {
  const manifest = JSON.parse(readFileSync(join(root, 'packages', model, 'package.json'), 'utf8'));
  const { repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const own = {
    ...manifest,
    name: `@keepfit/store-${name}`,
    description: `Keeps keepfit checkpoints in ${words.join(' ')}.`,
    ...linksOf(repository, `store-${name}`),
  };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(own, null, 2)}\n`);
}

/** test/documents.test.ts runs the example of its README in the workspace member docs. */
function addToDocs() {
  const path = join(root, 'docs', 'package.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  const entries = Object.entries({ ...manifest.devDependencies, [`@keepfit/store-${name}`]: 'workspace:^' });
  manifest.devDependencies = Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
}

function fail(message) {
  console.error(`new-store: ${message}`);
  process.exit(2);
}
