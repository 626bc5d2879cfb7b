import { type Aspect, aspects } from './judge.js';
import { libraries } from './libraries.js';
import type { Row } from './run-library.js';

export type Results = Readonly<Record<string, Row>>;

const MARKS = { exact: 'yes', different: 'differs', lost: 'no', none: '—' };

/** Puts the table of these results into a page, between its marks. */
export function drawPage(page: string, results: Results): string {
  const place = /(<!-- compare -->\n)[^]*?(\n<!-- \/compare -->)/;
  if (!place.test(page)) throw new Error('the page has no place for the comparison');
  return page.replace(place, (_, begin: string, end: string) => `${begin}\n${drawTable(results)}\n${end}`);
}

function drawTable(results: Results): string {
  const columns = Object.entries(libraries).map(([name, { title }]) => {
    const row = results[name];
    if (row === undefined) throw new Error(`the results have no row of ${name}: run npm run compare`);
    return { title, name, row };
  });
  const head = columns.map(({ title, name, row }) =>
    name === 'keepfit' ? title : `${title}, ${row.versions[name]}`,
  );
  const lines = (Object.entries(aspects) as [Aspect, string][]).map(([aspect, label]) => [
    label,
    ...columns.map(({ row }) => {
      const { verdict, detail } = row.aspects[aspect];
      return `${MARKS[verdict]}: ${detail}`;
    }),
  ]);
  return [['after a crash', ...head], ['---', ...head.map(() => '---')], ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}
