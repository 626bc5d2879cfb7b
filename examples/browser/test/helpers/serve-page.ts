import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, preview } from 'vite';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The address of the built page. */
    pageUrl: string;
  }
}

/** Builds the page once for all of its tests, as for a release, and serves the files. */
export default async function servePage(project: TestProject): Promise<() => Promise<void>> {
  const { url, close } = await buildAndServe(fileURLToPath(new URL('../../', import.meta.url)));
  project.provide('pageUrl', url);
  return close;
}

/** Builds the page of this folder, as for a release, and serves the files until it is closed. */
export async function buildAndServe(root: string): Promise<{ url: string; close: () => Promise<void> }> {
  const outDir = await mkdtemp(join(tmpdir(), 'keepfit-page-'));
  const configFile = join(root, 'vite.config.ts');
  await build({ root, configFile, logLevel: 'error', build: { outDir, emptyOutDir: true } });
  const server = await preview({
    root,
    configFile,
    logLevel: 'error',
    build: { outDir },
    preview: { port: 0, host: '127.0.0.1' },
  });
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string') throw new Error('the page is served nowhere');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    async close() {
      await server.close();
      await rm(outDir, { recursive: true, force: true });
    },
  };
}
