import { parse } from 'acorn';
import readme from '../../../../README.md?raw';

/** The program of the README, with a store for pages. */
export const standardProgram = toPageProgram(readme);

export function toPageProgram(markdown: string): string {
  const [, program = ''] = /```ts\n([^]*?)```/.exec(markdown) ?? [];
  const inPage = program
    .replace("{ fsStore } from '@keepfit/store-fs'", "{ indexedDBStore } from '@keepfit/store-indexeddb'")
    .replace("fsStore('runs/first')", "indexedDBStore('first')");
  if (!inPage.includes("indexedDBStore('first')") || inPage.includes('fsStore'))
    throw new Error('the program of the README has no fsStore to replace');
  return inPage;
}

/** Returns the first syntax error of a program, with its line; undefined if there is none. */
export function findSyntaxError(program: string): string | undefined {
  try {
    parse(program, { ecmaVersion: 'latest', sourceType: 'module' });
    return undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError) || !('loc' in error)) throw error;
    const { line, column } = error.loc as { line: number; column: number };
    return `Line ${line}, column ${column + 1}: ${error.message.replace(/ \(\d+:\d+\)$/, '')}`;
  }
}
