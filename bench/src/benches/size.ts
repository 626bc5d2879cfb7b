import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { build, defaultClientConditions } from 'vite';
import type { Bench } from '../bench.js';

const SUBJECTS = [
  [
    'callbacks: list, History, BackupAndRestore, format',
    "export { BackupAndRestore, CallbackList, History } from '@keepfit/callbacks';" +
      "export { decodeCheckpoint, encodeCheckpoint } from '@keepfit/callbacks/checkpoint';",
    6,
  ],
  ['store-memory', "export { memoryStore } from '@keepfit/store-memory';", 2],
  ['store-fs: fsStore', "export { fsStore } from '@keepfit/store-fs';", 2],
  ['store-indexeddb', "export { indexedDBStore } from '@keepfit/store-indexeddb';", 2],
  ['store-opfs', "export { opfsStore } from '@keepfit/store-opfs';", 2],
  ['fit: all of it', "export * from '@keepfit/fit';", 15],
  ['fit/core: all of it', "export * from '@keepfit/fit/core';", 17.5],
] as const;

/** Measures the size of a page's download: minified, brotli, without other packages. */
export const size: Bench = async ({ row, root }) => {
  for (const [name, source, limit] of SUBJECTS) {
    const kilobytes = (await brotliSize(source, join(root, 'dist'))) / 1000;
    row({
      name: `size of ${name}`,
      limit,
      unit: 'kB',
      tolerance: 0,
      value: kilobytes,
      spread: [kilobytes, kilobytes],
      runs: 1,
      facts: {},
    });
  }
};

/** The entry is in a folder of this package, from which all packages resolve. */
async function brotliSize(source: string, folder: string): Promise<number> {
  const entry = join(mkdtempSync(join(folder, 'size-')), 'entry.mjs');
  writeFileSync(entry, source);
  const own = /from '(@keepfit\/[a-z-]+)/.exec(source)?.[1];
  const isOwn = (id: string) => id === own || id.startsWith(`${own}/`);
  const result = await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['keepfit:source', ...defaultClientConditions] },
    build: {
      write: false,
      target: 'es2022',
      rolldownOptions: {
        input: entry,
        preserveEntrySignatures: 'strict',
        external: (id: string) => /^(node:|@tensorflow\/|@keepfit\/)/.test(id) && !isOwn(id),
      },
    },
  });
  const [output] = Array.isArray(result) ? result : [result];
  if (output === undefined || !('output' in output)) throw new Error('nothing was built');
  const code = output.output
    .filter((chunk) => chunk.type === 'chunk' && (chunk.isEntry || !chunk.isDynamicEntry))
    .map((chunk) => ('code' in chunk ? chunk.code : ''));
  return brotliCompressSync(code.join('\n')).byteLength;
}
