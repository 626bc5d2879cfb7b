import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, type FormatConfig } from 'oxfmt';

/** Formats the text of a file of this repository as `npm run lint` wants it. */
export async function formatFile(repository: string, name: string, text: string): Promise<string> {
  const { ignorePatterns: _, ...options } = JSON.parse(
    readFileSync(join(repository, '.oxfmtrc.json'), 'utf8'),
  ) as FormatConfig & { readonly ignorePatterns?: readonly string[] };
  const { code, errors } = await format(name, text, options);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${name} cannot be formatted: ${error.message}`);
  return code;
}
