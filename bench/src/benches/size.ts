import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { build, defaultClientConditions } from 'vite';
import type { Bench } from '../bench.js';

const SUBJECTS = [
  [
    'callbacks: list, History, BackupAndRestore, format',
    "export { BackupAndRestore, CallbackList, decodeCheckpoint, encodeCheckpoint, History } from '@keepfit/callbacks';",
    6,
  ],
  ['store-memory', "export { memoryStore } from '@keepfit/store-memory';", 2],
  ['store-fs: fsStore', "export { fsStore } from '@keepfit/store-fs';", 2],
  ['store-indexeddb', "export { indexedDBStore } from '@keepfit/store-indexeddb';", 2],
  ['store-opfs', "export { opfsStore } from '@keepfit/store-opfs';", 2],
  ['fit: all of it', "export * from '@keepfit/fit';", 15],
  ['fit/core: all of it', "export * from '@keepfit/fit/core';", 17.5],
] as const;

/** What a page loads: minified, brotli, other packages left out. */
export const size: Bench = async ({ row, folder }) => {
  for (const [name, source, limit] of SUBJECTS) {
    const kilobytes = (await brotliSize(source, folder)) / 1000;
    row({
      name: `size of ${name}`,
      limit,
      unit: 'kB',
      value: kilobytes,
      spread: [kilobytes, kilobytes],
      runs: 1,
      facts: {},
    });
  }
};

async function brotliSize(source: string, folder: string): Promise<number> {
  const entry = join(mkdtempSync(join(folder, 'size-')), 'entry.mjs');
  writeFileSync(entry, source);
  const own = /from '(@keepfit\/[a-z/-]+)'/.exec(source)?.[1];
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
        external: (id: string) => /^(node:|@tensorflow\/|@keepfit\/)/.test(id) && id !== own,
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
