import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The packages that the reader of a page already has. */
const preinstalled: Readonly<Record<string, readonly string[]>> = {
  'docs/existing-program.md': ['@tensorflow/tfjs'],
};

const allPages = [
  'README.md',
  ...listMarkdown('docs'),
  ...readdirSync(join(root, 'packages')).map((folder) => `packages/${folder}/README.md`),
]
  .filter((page) => existsSync(join(root, page)))
  .map((page) => ({ page, text: readFileSync(join(root, page), 'utf8') }));
const pages = allPages.filter(({ text }) => text.includes('npm install '));

test.each(pages)('$page has its reader install all that its examples import', ({ page, text }) => {
  const installed = new Set([...(preinstalled[page] ?? []), ...listInstalled(text)]);
  const missing = listImports(text).filter((name) => !installed.has(name));
  expect(missing).toEqual([]);
});

test.each(pages)('$page has its reader install what these need beside them', ({ page, text }) => {
  const installed = new Set([...(preinstalled[page] ?? []), ...listInstalled(text)]);
  // This package includes the others.
  if (installed.has('@tensorflow/tfjs'))
    for (const name of ['core', 'layers', 'backend-cpu', 'backend-webgl'])
      installed.add(`@tensorflow/tfjs-${name}`);
  const missing = [...installed].flatMap(listPeers).filter((peer) => !installed.has(peer));
  expect(missing).toEqual([]);
});

test("the README's first example imports from at most three packages of ours", () => {
  const [example = ''] = /^```ts\n[\s\S]*?^```$/m.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? [];
  const ours = listImports(example).filter((name) => /^(@keepfit\/|keepfit$)/.test(name));
  expect(ours).toContain('keepfit');
  expect(ours.length).toBeLessThanOrEqual(3);
});

/** For authors of packages, which depend on less than `keepfit`, and for those who take its parts. */
const withoutKeepfit = [
  'docs/writing-a-backend.md',
  'docs/writing-a-store.md',
  'docs/writing-an-optimizer.md',
  'docs/writing-an-engine.md',
  ...['layers', 'fit', 'callbacks'].map((part) => `packages/${part}/README.md`),
];

test.each(allPages.filter(({ page }) => !withoutKeepfit.includes(page)))(
  '$page imports from keepfit what keepfit exports',
  ({ text }) => {
    expect(text.match(/'@keepfit\/(layers|fit|callbacks)'/g) ?? []).toEqual([]);
  },
);

function listMarkdown(folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `${folder}/${file}`);
}

function listInstalled(text: string): string[] {
  return [...text.matchAll(/npm install ([^`\n#]+)/g)].flatMap(([, names = '']) =>
    names.split(/\s+/).filter((name) => /^[@a-z]/.test(name)),
  );
}

/** Returns the packages that TypeScript and JavaScript blocks import, without Node's own modules. */
function listImports(text: string): string[] {
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

function listPeers(name: string): string[] {
  const manifest = join(root, 'packages', name.replace('@keepfit/', ''), 'package.json');
  if (!existsSync(manifest)) return [];
  const { peerDependencies = {}, peerDependenciesMeta = {} } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    peerDependencies?: object;
    peerDependenciesMeta?: Record<string, { optional?: boolean }>;
  };
  return Object.keys(peerDependencies).filter((peer) => peerDependenciesMeta[peer]?.optional !== true);
}
