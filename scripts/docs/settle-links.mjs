import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { listFiles } from './pages.mjs';

/**
 * Repairs links of the pages to folders of the repository. A link to a package leads to the package's page;
 * any other becomes plain text. A link to the README names the first page because, without a server, a folder
 * shows its files. Sources that typedoc has copied become text files because browsers mistake a file named
 * .ts for a video.
 */
export function settleLinks(site, packages) {
  for (const file of listFiles(site))
    if (/^media\/.*\.(ts|mjs)$/.test(file)) renameSync(join(site, file), join(site, `${file}.txt`));
  const files = new Set(listFiles(site));
  const pageOf = new Map(
    packages.map(({ folder, name }) => {
      const document = `documents/${name}.html`;
      return [`media/${folder}`, files.has(document) ? document : `modules/${name.replace(/\W/g, '_')}.html`];
    }),
  );
  for (const page of [...files].filter((file) => file.endsWith('.html'))) {
    const html = readFileSync(join(site, page), 'utf8');
    const named = html.replace(/<a href="((?:\.\.\/)+|\.\/)?(#[^"]*)?"/g, (link, up, anchor = '') =>
      up ? `<a href="${up}index.html${anchor}"` : link,
    );
    const settled = named.replace(
      /<a href="([^"#:]*media\/[^"]*)"([^>]*)>([^]*?)<\/a>/g,
      (link, href, rest, text) => {
        const target = posix.normalize(posix.join(posix.dirname(page), href));
        if (files.has(target)) return link;
        const other = files.has(`${target}.txt`) ? `${target}.txt` : pageOf.get(target);
        return other === undefined
          ? text
          : `<a href="${posix.relative(posix.dirname(page), other)}"${rest}>${text}</a>`;
      },
    );
    if (settled !== html) writeFileSync(join(site, page), settled);
  }
}
