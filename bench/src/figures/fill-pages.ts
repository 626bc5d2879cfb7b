import { type BarTable, barTables } from '../bars.js';
import { drawBars, drawSummary } from './draw-bars.js';
import { drawSteps, formatStepTimes } from './draw-steps.js';
import type { Results } from './results.js';

/** The pages with figures, and how each is filled. */
export const pages: Readonly<Record<string, (page: string, results: Results) => string>> = {
  'docs/performance.md': (page, results) =>
    fillPlaces(page, {
      machine: describeRun(results, listBenches('docs/performance.md')),
      summary: drawSummary(listTables('docs/performance.md'), results),
      ...drawTables('docs/performance.md', results),
    }),
  'docs/parallel.md': (page, results) =>
    fillPlaces(page, {
      machine: describeRun(results, listBenches('docs/parallel.md')),
      ...drawTables('docs/parallel.md', results),
    }),
  'docs/many-machines.md': (page, results) =>
    fillPlaces(page, {
      machine: describeRun(results, listBenches('docs/many-machines.md')),
      ...drawTables('docs/many-machines.md', results),
    }),
  'docs/object-storage.md': (page, results) =>
    fillPlaces(page, {
      machine: describeRun(results, listBenches('docs/object-storage.md')),
      ...drawTables('docs/object-storage.md', results),
    }),
  'docs/backends.md': (page, results) =>
    fillPlaces(page, { models: drawSteps(results), machine: describeRun(results, ['models']) }),
  'README.md': (page, results) => {
    return Object.entries(formatStepTimes(results)).reduce(
      (filled, [backend, text]) => fillCell(filled, `| \`${backend}Backend()\` `, 3, text),
      page,
    );
  },
};

/** The tables of a page. */
function listTables(name: string): readonly BarTable[] {
  return barTables.filter(({ page = 'docs/performance.md' }) => page === name);
}

function drawTables(name: string, results: Results): Readonly<Record<string, string>> {
  return Object.fromEntries(listTables(name).map((table) => [table.place, drawBars(table, results)]));
}

/** Replaces the text between `<!-- figures name -->` and `<!-- /figures name -->`, for each name. */
export function fillPlaces(page: string, texts: Readonly<Record<string, string>>): string {
  return Object.entries(texts).reduce((filled, [name, text]) => {
    const place = new RegExp(`(<!-- figures ${name} -->\n)[^]*?(\n<!-- /figures ${name} -->)`);
    if (!place.test(filled)) throw new Error(`the page has no place for the figures "${name}"`);
    return filled.replace(place, (_, begin: string, end: string) => `${begin}\n${text}\n${end}`);
  }, page);
}

/** Replaces one cell of the table row that starts with `start`. The first column has the number 1. */
export function fillCell(page: string, start: string, column: number, text: string): string {
  const lines = page.split('\n');
  const at = lines.findIndex((line) => line.startsWith(start));
  const cells = lines[at]?.split('|') ?? [];
  if (cells.length <= column + 1)
    throw new Error(`the page has no table row "${start}" with column ${column}`);
  cells[column] = ` ${text} `;
  lines[at] = cells.join('|');
  return lines.join('\n');
}

/** The benches whose figures a page has. */
function listBenches(name: string): readonly string[] {
  return [...new Set(listTables(name).flatMap(({ bars }) => bars.map(({ bench }) => bench)))];
}

function describeRun({ machine, when, seconds, updates = {} }: Results, benches: readonly string[]): string {
  const { commit, cpu, node, 'load at the start': load } = machine;
  const minutes = Math.round(seconds / 60);
  const whole = `Measured on ${when.slice(0, 10)} in ${minutes} minutes, at commit ${commit}: ${cpu}, Node ${node}, load at the start ${load}.`;
  const again = benches.flatMap((bench) => {
    const update = updates[bench];
    if (update === undefined) return [];
    const { commit: later, 'load at the start': laterLoad } = update.machine;
    return [`\`${bench}\` on ${update.when.slice(0, 10)} at commit ${later}, load ${laterLoad}`];
  });
  return again.length === 0 ? whole : `${whole} Measured again since: ${again.join('; ')}.`;
}
