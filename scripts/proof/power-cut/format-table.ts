import type { FullDiskRow } from './fill-disk.js';
import type { Tally } from './replay-states.js';
import type { Writer } from './writer.js';

export type Row = Tally & { readonly fileSystem: string; readonly writer: string };

/** Formats the results as a Markdown table. */
export function formatTable(rows: readonly Row[], writers: readonly Writer[]): string {
  const lines = rows.map(({ fileSystem, writer, old, new: renewed, broken, lost }) => {
    const does = writers.find(({ name }) => name === writer)?.does ?? '';
    const states = old + renewed + broken + lost;
    return `| ${fileSystem} | ${writer} | ${does} | ${[states, old, renewed, broken, lost].join(' | ')} |`;
  });
  return [
    '| file system | writer | what it does | states | old | new | broken | lost after its promise |',
    '|---|---|---|---:|---:|---:|---:|---:|',
    ...lines,
  ].join('\n');
}

/** Formats the results as a Markdown table. */
export function formatFullDiskTable(rows: readonly FullDiskRow[]): string {
  const lines = rows.map(({ writer, says, found }) => `| ${writer} | ${says} | ${found} |`);
  return ['| writer | says | what is there then |', '|---|---|---|', ...lines].join('\n');
}
