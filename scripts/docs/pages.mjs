import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** All files of a built site by their paths within it, with slashes. */
export function filesIn(site) {
  const entries = readdirSync(site, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return entries
    .map((entry) => relative(site, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .sort();
}

/** The value of an attribute as it is meant. */
export function unescaped(value) {
  return value
    .replaceAll('&amp;', '&')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>');
}
