import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, defaultClientConditions } from 'vite';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** A site whose page computes shards. */
export interface WorkerPage {
  /** The address of the page that serves a run by the WebSocket of a server. */
  getAddress(run: string, server: string): string;
  close(): Promise<void>;
}

/** Builds the page of worker-page.ts in a folder, and serves it on loopback. */
export async function serveWorkerPage(folder: string): Promise<WorkerPage> {
  await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['keepfit:source', ...defaultClientConditions] },
    build: {
      target: 'es2022',
      minify: false,
      outDir: folder,
      rollupOptions: {
        input: fileURLToPath(new URL('worker-page.ts', import.meta.url)),
        output: { entryFileNames: 'page.js' },
      },
    },
  });
  const wasm = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
  await mkdir(join(folder, 'wasm'), { recursive: true });
  await cp(wasm, join(folder, 'wasm'), {
    recursive: true,
    filter: (file) => file === wasm || file.endsWith('.wasm'),
  });
  await writeFile(
    join(folder, 'index.html'),
    '<!doctype html><script type="module" src="/page.js"></script>',
  );
  const site = createServer(async ({ url = '' }, response) => {
    const { pathname } = new URL(url, 'http://site');
    const file = join(folder, normalize(pathname === '/' ? 'index.html' : pathname));
    const content = await readFile(file).catch(() => undefined);
    response.writeHead(content === undefined ? 404 : 200, { 'Content-Type': TYPES[extname(file)] ?? '' });
    response.end(content);
  });
  await new Promise<void>((listening) => site.listen(0, '127.0.0.1', listening));
  const { port } = site.address() as AddressInfo;
  return {
    getAddress: (run, server) => `http://127.0.0.1:${port}/?${new URLSearchParams({ run, server })}`,
    async close() {
      site.closeAllConnections();
      await new Promise((closed) => site.close(closed));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
