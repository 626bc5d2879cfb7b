import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** Returns the paths of all files of a built site, relative to it, with slashes. */
export function listFiles(site) {
  const entries = readdirSync(site, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return entries
    .map((entry) => relative(site, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .sort();
}

/** Decodes the value of an HTML attribute. */
export function decodeAttribute(value) {
  return value
    .replaceAll('&amp;', '&')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>');
}
