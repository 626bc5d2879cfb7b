import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { publicPackages } from '../packages/pack.mjs';

/** The pages in the order in which a newcomer reads them. All other pages follow. */
const order = [
  'getting-started',
  'existing-program',
  'gallery',
  'from-keras',
  'python',
  'training-loop',
  'custom-steps',
  'optimizers',
  'callbacks',
  'exact-resume',
  'crash-safety',
  'preemption',
  'object-storage',
  'browser',
  'backends',
  'recorded-steps',
  'parallel',
  'many-machines',
  'rounds',
  'performance',
  'architecture',
  'writing-a-callback',
  'writing-a-store',
  'writing-a-backend',
  'writing-an-optimizer',
  'writing-an-engine',
  'errors',
];

/** The site must not show paths of the machine or its repository. Another command checks types. */
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

/** The published packages. Each has a page. */
export function getDocumentedPackages(root) {
  return publicPackages(root).filter(({ folder }) => existsSync(join(root, 'packages', folder, 'README.md')));
}

/** Returns the options of typedoc. */
export function createDocsOptions(root) {
  return {
    ...common,
    name: 'keepfit',
    entryPointStrategy: 'packages',
    entryPoints: getDocumentedPackages(root).map(({ folder }) => join(root, 'packages', folder)),
    packageOptions: { ...common, entryPoints: ['src/index.ts'] },
    projectDocuments: findPages(root),
    readme: join(root, 'README.md'),
    hideGenerator: true,
    headings: { readme: false, document: false },
    highlightLanguages: [
      'diff',
      'html',
      'ini',
      'javascript',
      'json',
      'py',
      'python',
      'shellscript',
      'typescript',
      'yaml',
    ],
    // The site shows the source of a chart, without colours.
    ignoredHighlightLanguages: ['mermaid'],
    navigation: { includeGroups: false },
    // Its links lead nowhere for a type that extends another of the same name.
    includeHierarchySummary: false,
    logLevel: 'Warn',
  };
}

function findPages(root) {
  const rank = (page) => (order.includes(page) ? order.indexOf(page) : order.length);
  const pages = readdirSync(join(root, 'docs'))
    .filter((file) => file.endsWith('.md'))
    .map((file) => file.slice(0, -'.md'.length))
    .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b))
    .map((page) => join(root, 'docs', `${page}.md`));
  return [...pages, ...['CONTRIBUTING.md'].map((file) => join(root, file)).filter(existsSync)];
}
