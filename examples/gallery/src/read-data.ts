import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** Reads a text file of an installed package. Its path is relative to the module that the package's name gives. */
export function readData(packageName: string, file: string): Promise<string> {
  const module = createRequire(import.meta.url).resolve(packageName);
  return readFile(new URL(file, pathToFileURL(module)), 'utf8');
}
