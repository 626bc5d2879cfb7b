import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What the reader of a page has already. */
const there: Readonly<Record<string, readonly string[]>> = {
  'docs/existing-program.md': ['@tensorflow/tfjs'],
};

const pages = [
  'README.md',
  ...markdownIn('docs'),
  ...readdirSync(join(root, 'packages')).map((folder) => `packages/${folder}/README.md`),
]
  .filter((page) => existsSync(join(root, page)))
  .map((page) => ({ page, text: readFileSync(join(root, page), 'utf8') }))
  .filter(({ text }) => text.includes('npm install '));

test.each(pages)('$page has its reader install all that its examples import', ({ page, text }) => {
  const installed = new Set([...(there[page] ?? []), ...installedIn(text)]);
  const missing = importedIn(text).filter((name) => !installed.has(name));
  expect(missing).toEqual([]);
});

test.each(pages)('$page has its reader install what these need beside them', ({ page, text }) => {
  const installed = new Set([...(there[page] ?? []), ...installedIn(text)]);
  // This one brings the others.
  if (installed.has('@tensorflow/tfjs'))
    for (const name of ['core', 'layers', 'backend-cpu', 'backend-webgl'])
      installed.add(`@tensorflow/tfjs-${name}`);
  const missing = [...installed].flatMap(peersOf).filter((peer) => !installed.has(peer));
  expect(missing).toEqual([]);
});

function markdownIn(folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `${folder}/${file}`);
}

function installedIn(text: string): string[] {
  return [...text.matchAll(/npm install ([^`\n#]+)/g)].flatMap(([, names = '']) =>
    names.split(/\s+/).filter((name) => /^[@a-z]/.test(name)),
  );
}

/** The packages that TypeScript and JavaScript blocks import, without what Node has. */
function importedIn(text: string): string[] {
  const blocks = [...text.matchAll(/^```(?:ts|js)\n([\s\S]*?)^```$/gm)]
    .map(([, code]) => code ?? '')
    .join('\n');
  const sources = [...blocks.matchAll(/(?:from|import) ?\(?'([^'./][^']*)'/g)].map(
    ([, source]) => source ?? '',
  );
  const names = sources.map((source) =>
    source
      .split('/')
      .slice(0, source.startsWith('@') ? 2 : 1)
      .join('/'),
  );
  return [...new Set(names)].filter((name) => !name.startsWith('node:') && !builtinModules.includes(name));
}

function peersOf(name: string): string[] {
  const manifest = join(root, 'packages', name.replace('@keepfit/', ''), 'package.json');
  if (!name.startsWith('@keepfit/') || !existsSync(manifest)) return [];
  return Object.keys(
    (JSON.parse(readFileSync(manifest, 'utf8')) as { peerDependencies?: object }).peerDependencies ?? {},
  );
}
