// Builds the site of the documentation into site/: the pages of docs/ and the API of all packages. It has
// static files only, so it works from a folder (file://) as from any server. Fails if typedoc warns, or if a
// link within the site is broken.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Application } from 'typedoc';
import { findBrokenLinks } from './docs/broken-links.mjs';
import { FolderLinkLogger } from './docs/folder-link-logger.mjs';
import { createDocsOptions, getDocumentedPackages } from './docs/options.mjs';
import { settleLinks } from './docs/settle-links.mjs';
import { titlePages } from './docs/title-pages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const site = join(root, 'site');

rmSync(site, { recursive: true, force: true });
const app = await Application.bootstrap(createDocsOptions(root));
app.logger = new FolderLinkLogger();
titlePages(app);
const project = await app.convert();
if (project === undefined) throw new Error('typedoc could not read the packages');
app.validate(project);
await app.generateDocs(project, site);
settleLinks(site, getDocumentedPackages(root));
const broken = findBrokenLinks(site);
for (const { page, href, reason } of broken)
  console.error(`site/${page}: the link ${href} is broken: ${reason}`);
if (broken.length > 0 || app.logger.hasErrors() || app.logger.hasWarnings()) process.exitCode = 1;
else console.log(`The site is built: open ${join(site, 'index.html')}`);
