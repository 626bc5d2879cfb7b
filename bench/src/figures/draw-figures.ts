import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findBar } from '../bars.js';
import { formatFile } from '../format-file.js';
import { pages } from './fill-pages.js';
import { readResults, type Results } from './results.js';

/**
 * Draws the figures of bench/results/all.json in all pages. Returns the pages that changed, and the rows that no
 * table lists.
 */
export async function drawFigures(
  repository: string,
): Promise<{ readonly changed: readonly string[]; readonly unlisted: readonly string[] }> {
  const results = readResults(join(repository, 'bench/results/all.json'));
  const changed: string[] = [];
  for (const name of Object.keys(pages)) {
    const page = readFileSync(join(repository, name), 'utf8');
    const drawn = await drawPage(repository, name, page, results);
    if (drawn === page) continue;
    writeFileSync(join(repository, name), drawn);
    changed.push(name);
  }
  return { changed, unlisted: findUnlisted(results) };
}

/** Returns a page with its figures, formatted as the lint wants it. */
export async function drawPage(
  repository: string,
  name: string,
  page: string,
  results: Results,
): Promise<string> {
  const fill = pages[name];
  if (fill === undefined) throw new Error(`no figures belong into ${name}`);
  return await formatFile(repository, name, fill(page, results));
}

/** The sizes of the documents are those of .size-limit.json. */
function findUnlisted({ results }: Results): string[] {
  const names = Object.entries(results).flatMap(([bench, rows]) =>
    rows.filter(({ name }) => bench !== 'size' && findBar(bench, name) === undefined),
  );
  return names.map(({ name }) => name);
}
