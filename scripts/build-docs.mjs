// Builds the site of the documentation into site/: the pages of docs/, the API of all packages and the playground. It
// has static files only, so it works from a folder (file://) as from any server, except the playground. Fails if
// typedoc warns, if a link within the site is broken, or if a page scrolls sideways on a phone.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Application } from 'typedoc';
import { findBrokenLinks } from './docs/broken-links.mjs';
import { buildPlayground } from './docs/build-playground.mjs';
import { fillFrontPage, fillPackagePages } from './docs/fill-pages.mjs';
import { finishPages } from './docs/finish-pages.mjs';
import { FolderLinkLogger } from './docs/folder-link-logger.mjs';
import { createDocsOptions, getDocumentedPackages } from './docs/options.mjs';
import { settleLinks } from './docs/settle-links.mjs';
import { titlePages } from './docs/title-pages.mjs';
import { findWidePages } from './docs/wide-pages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const site = join(root, 'site');

rmSync(site, { recursive: true, force: true });
const app = await Application.bootstrap(createDocsOptions(root));
app.logger = new FolderLinkLogger();
titlePages(app);
const project = await app.convert();
if (project === undefined) throw new Error('typedoc could not read the packages');
app.validate(project);
const packages = getDocumentedPackages(root);
fillFrontPage(project, root);
fillPackagePages(project, packages);
await app.generateDocs(project, site);
settleLinks(site, packages);
finishPages(site, packages.find(({ name }) => name === 'keepfit').version);
await buildPlayground(root, join(site, 'playground'));
const broken = findBrokenLinks(site);
for (const { page, href, reason } of broken)
  console.error(`site/${page}: the link ${href} is broken: ${reason}`);
const wide = await findWidePages(site);
if (wide === undefined)
  console.warn('No Chromium found: the widths of the pages on a phone are not checked.');
for (const { page, width } of wide ?? [])
  console.error(`site/${page} scrolls sideways on a phone: it is ${width} px wide`);
const isFaulty = broken.length > 0 || (wide?.length ?? 0) > 0;
if (isFaulty || app.logger.hasErrors() || app.logger.hasWarnings()) process.exitCode = 1;
else console.log(`The site is built: open ${join(site, 'index.html')}`);
