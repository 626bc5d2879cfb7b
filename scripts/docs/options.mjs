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

/** Each group of pages, by its first one. */
const firstOfGroup = {
  'getting-started': 'Start',
  'training-loop': 'Train',
  'exact-resume': 'Resume anywhere',
  parallel: 'Train faster',
  architecture: 'Extend and look up',
};

/** The groups of the navigation in their order: guides first, packages and their API last. */
const groups = [...Object.values(firstOfGroup), 'Packages'];

/** Returns the group of a page of docs/, by its name without `.md`. */
export function getGroup(page) {
  if (page === 'README') return groups[0];
  const before = order.slice(0, order.indexOf(page) + 1).reverse();
  return firstOfGroup[before.find((name) => name in firstOfGroup)] ?? firstOfGroup['architecture'];
}

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

/** The published packages. Each has a page, which is its README, with the API below if it has one. */
export function getDocumentedPackages(root) {
  return publicPackages(root).filter(({ folder }) => existsSync(join(root, 'packages', folder, 'README.md')));
}

/** Whether programs import from this package. */
function hasApi(root, { folder }) {
  return existsSync(join(root, 'packages', folder, 'src/index.ts'));
}

/** Returns the options of typedoc. */
export function createDocsOptions(root) {
  return {
    ...common,
    name: 'keepfit',
    entryPointStrategy: 'packages',
    entryPoints: getDocumentedPackages(root)
      .filter((manifest) => hasApi(root, manifest))
      .map(({ folder }) => join(root, 'packages', folder)),
    packageOptions: { ...common, entryPoints: ['src/index.ts'] },
    projectDocuments: findPages(root),
    readme: join(root, 'scripts/docs/front-page.md'),
    customCss: join(root, 'scripts/docs/site.css'),
    customJs: join(root, 'scripts/docs/site.js'),
    // `finishPages` makes them relative.
    navigationLinks: {
      Guides: 'site:documents/Getting_started.html',
      Packages: 'site:modules.html',
      Playground: 'site:playground/index.html',
    },
    groupOrder: [...groups, '*'],
    locales: {
      en: {
        kind_module: 'Package',
        kind_plural_module: 'Packages',
        theme_search_placeholder: 'Search guides and API',
      },
    },
    searchInDocuments: true,
    searchGroupBoosts: Object.fromEntries(Object.values(firstOfGroup).map((group) => [group, 1.5])),
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
    navigation: { includeGroups: true },
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
  const withoutApi = getDocumentedPackages(root)
    .filter((manifest) => !hasApi(root, manifest))
    .map(({ folder }) => join(root, 'packages', folder, 'README.md'));
  return [join(root, 'README.md'), ...pages, ...withoutApi, join(root, 'CONTRIBUTING.md')];
}
