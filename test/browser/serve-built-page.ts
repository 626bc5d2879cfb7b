import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, preview } from 'vite';

export interface ServedPage {
  readonly url: string;
  /** Stops the server and deletes the files. */
  close(): Promise<void>;
}

/** Builds the page of a folder with its vite.config.ts, as for a release, and serves the files. */
export async function serveBuiltPage(root: string): Promise<ServedPage> {
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
