import type { S3Client } from './contract.js';
import { listElements, readElement } from './xml.js';

/** Lists the names of all objects that begin with `prefix`, page by page. */
export function listNames(client: S3Client, prefix: string): Promise<string[]> {
  return listPages(client, `prefix=${encodeURIComponent(prefix)}`, (page) => listElements(page, 'Key'));
}

/** Lists the folders right below `prefix`, each with its slash: whatever stands up to the next slash of a name. */
export function listFolders(client: S3Client, prefix: string): Promise<string[]> {
  return listPages(client, `delimiter=%2F&prefix=${encodeURIComponent(prefix)}`, (page) =>
    // The page names its own prefix too.
    listElements(page, 'CommonPrefixes').flatMap((folder) => listElements(folder, 'Prefix')),
  );
}

async function listPages(
  client: S3Client,
  query: string,
  readPage: (page: Uint8Array) => string[],
): Promise<string[]> {
  const names: string[] = [];
  let next: string | undefined;
  do {
    const from: string = next === undefined ? '' : `continuation-token=${encodeURIComponent(next)}&`;
    const { bytes } = await client.send('', { query: `${from}list-type=2&${query}` });
    for (const name of readPage(bytes)) names.push(name);
    next = readElement(bytes, 'NextContinuationToken');
  } while (next !== undefined);
  return names;
}
