import type { FullDiskRow } from './fill-disk.js';

/** The results as a Markdown table. */
export function fullDiskTable(rows: readonly FullDiskRow[]): string {
  const lines = rows.map(({ writer, says, found }) => `| ${writer} | ${says} | ${found} |`);
  return ['| writer | says | what is there then |', '|---|---|---|', ...lines].join('\n');
}
