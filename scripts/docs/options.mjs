import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { publicPackages } from '../packages/pack.mjs';

/** The pages in the order in which a newcomer reads them; those that are not named here come after them. */
const order = [
  'getting-started',
  'existing-program',
  'from-keras',
  'training-loop',
  'callbacks',
  'exact-resume',
  'crash-safety',
  'preemption',
  'browser',
  'backends',
  'performance',
  'writing-a-callback',
  'writing-a-store',
  'writing-a-backend',
  'errors',
];

/** Paths of the machine and its repository have no place in a site, and types are checked elsewhere. */
const common = {
  disableSources: true,
  disableGit: true,
  skipErrorChecking: true,
  excludePrivate: true,
  excludeInternal: true,
  excludeExternals: true,
  sort: ['source-order'],
  validation: { notExported: false, notDocumented: false, invalidLink: true, invalidPath: true },
};

/** The packages that have pages: those that are published. */
export function documentedPackages(root) {
  return publicPackages(root).filter(({ folder }) => existsSync(join(root, 'packages', folder, 'README.md')));
}

/** The options of typedoc. */
export function docsOptions(root) {
  return {
    ...common,
    name: 'keepfit',
    entryPointStrategy: 'packages',
    entryPoints: documentedPackages(root).map(({ folder }) => join(root, 'packages', folder)),
    packageOptions: { ...common, entryPoints: ['src/index.ts'] },
    projectDocuments: pagesIn(root),
    readme: join(root, 'README.md'),
    hideGenerator: true,
    headings: { readme: false, document: false },
    highlightLanguages: ['diff', 'html', 'ini', 'javascript', 'json', 'shellscript', 'typescript', 'yaml'],
    navigation: { includeGroups: false },
    logLevel: 'Warn',
  };
}

function pagesIn(root) {
  const rank = (page) => (order.includes(page) ? order.indexOf(page) : order.length);
  const pages = readdirSync(join(root, 'docs'))
    .filter((file) => file.endsWith('.md'))
    .map((file) => file.slice(0, -'.md'.length))
    .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b))
    .map((page) => join(root, 'docs', `${page}.md`));
  return [...pages, ...['CONTRIBUTING.md'].map((file) => join(root, file)).filter(existsSync)];
}
