import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { listFiles, decodeAttribute } from './pages.mjs';

/** Finds each link, script, style and image of the site whose file, or place in a page, does not exist. */
export function findBrokenLinks(site) {
  const files = new Set(listFiles(site));
  const pages = new Map(
    [...files]
      .filter((file) => file.endsWith('.html'))
      .map((file) => [file, readFileSync(join(site, file), 'utf8')]),
  );
  const anchors = new Map([...pages].map(([page, html]) => [page, listAnchors(html)]));
  return [...pages].flatMap(([page, html]) =>
    listTargets(html).flatMap((href) => {
      const reason = explainFault(page, href, files, anchors);
      return reason === undefined ? [] : [{ page, href, reason }];
    }),
  );
}

function explainFault(page, href, files, anchors) {
  const isElsewhere = /^[a-z][a-z0-9+.-]*:|^\/\//i.test(href);
  if (isElsewhere)
    return /^(https?:|mailto:|data:)/.test(href) ? undefined : 'it names another place than the web';
  if (href.startsWith('/')) return 'it begins at the root of a server, which a folder has not';
  const [path, anchor] = href.split('#', 2);
  const file =
    path === ''
      ? page
      : posix.normalize(posix.join(posix.dirname(page), decodeURIComponent(path.split('?', 1)[0])));
  if (!files.has(file)) return 'there is no such file';
  if (!anchor || !anchors.has(file) || anchors.get(file).has(decodeURIComponent(anchor))) return undefined;
  return 'its page has no such place';
}

function listTargets(html) {
  return [
    ...new Set(
      [...html.matchAll(/<(?:a|link|script|img)\s[^>]*?(?:href|src)="([^"]*)"/g)].map(([, href]) =>
        decodeAttribute(href),
      ),
    ),
  ];
}

function listAnchors(html) {
  return new Set([...html.matchAll(/\s(?:id|name)="([^"]*)"/g)].map(([, id]) => decodeAttribute(id)));
}
