// Raises the version of all packages for a release: `npm run version`. It writes CHANGELOG.md from the changesets,
// lets `changeset version` use them up, and copies the new version to the source that writes it into checkpoints.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

const TITLE = '# Changelog\n\nAll packages have one version.\n';

/** Reads the changesets of a folder, those that add something first. */
export function readChangesets(folder) {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.md') && file !== 'README.md')
    .sort()
    .map((file) => parseChangeset(file, readFileSync(join(folder, file), 'utf8')));
}

function parseChangeset(file, source) {
  const [, head, text] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(source) ?? [];
  const packages = [...(head ?? '').matchAll(/^['"]?([^'":]+)['"]?: *(major|minor|patch)$/gm)];
  if (packages.length === 0 || text.trim() === '')
    throw new Error(`${file} is no changeset: it needs packages between lines of ---, and a text`);
  const words = file.slice(0, -'.md'.length).replaceAll('-', ' ');
  return {
    title: words[0].toUpperCase() + words.slice(1),
    packages: packages.map(([, name]) => name.replace('@keepfit/', '')).sort(),
    kind: ['major', 'minor', 'patch'].find((level) => packages.some(([, , found]) => found === level)),
    text: text.trim(),
  };
}

/** One section of the changelog, with each changeset once, whichever packages it names. */
export function formatSection(version, date, changesets) {
  const kinds = { major: 'Breaking', minor: 'New', patch: 'Better' };
  const parts = Object.entries(kinds).map(([kind, heading]) => {
    const lines = changesets.filter((change) => change.kind === kind).map(formatChange);
    return lines.length === 0 ? '' : `\n### ${heading}\n\n${lines.join('\n')}`;
  });
  return `## ${version} (${date})\n${parts.join('')}`;
}

function formatChange({ title, packages, text }) {
  const indented = text.replaceAll(/\n(?=.)/g, '\n  ');
  return `- **${title}** (${packages.join(', ')}): ${indented}\n`;
}

function raiseVersion(root) {
  const changesets = readChangesets(join(root, '.changeset'));
  if (changesets.length === 0) throw new Error('there is no changeset: nothing is to be released');
  execFileSync(process.execPath, [fileURLToPath(import.meta.resolve('@changesets/cli/bin.js')), 'version'], {
    cwd: root,
    stdio: 'inherit',
  });
  const callbacks = join(root, 'packages/callbacks');
  const { version } = JSON.parse(readFileSync(join(callbacks, 'package.json'), 'utf8'));
  const changelog = join(root, 'CHANGELOG.md');
  const before = existsSync(changelog) ? readFileSync(changelog, 'utf8').slice(TITLE.length) : '';
  const section = formatSection(version, new Date().toISOString().slice(0, 10), changesets);
  writeFileSync(changelog, `${TITLE}\n${section}${before}`);
  writeVersion(join(callbacks, 'src/version.ts'), version);
}

function writeVersion(file, version) {
  const source = readFileSync(file, 'utf8');
  const written = source.replace(/(version = ')[^']*'/, `$1${version}'`);
  if (!written.includes(`'${version}'`)) throw new Error(`no version found in ${file}`);
  writeFileSync(file, written);
}

if (argv[1] === fileURLToPath(import.meta.url))
  raiseVersion(argv[2] ?? fileURLToPath(new URL('..', import.meta.url)));
