import type { Tally } from './replay-states.js';
import type { Writer } from './writer.js';

export type Row = Tally & { readonly fileSystem: string; readonly writer: string };

/** The results as a Markdown table. */
export function tableOf(rows: readonly Row[], writers: readonly Writer[]): string {
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
