import { build, defaultClientConditions, type InlineConfig, preview } from 'vite';

/**
 * Bundles the page in `root` with the sources of all packages, as a user's build would, into `outDir`, and
 * serves it.
 */
export async function servePage(
  root: string,
  outDir: string,
): Promise<{ readonly origin: string; close(): Promise<void> }> {
  const config: InlineConfig = {
    configFile: false,
    root,
    logLevel: 'error',
    resolve: { conditions: ['keepfit:source', ...defaultClientConditions] },
    build: { outDir, target: 'es2022', emptyOutDir: true, chunkSizeWarningLimit: Infinity },
    preview: { host: '127.0.0.1', port: 0 },
  };
  await build(config);
  const server = await preview(config);
  const address = server.httpServer.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server does not listen');
  return { origin: `http://127.0.0.1:${address.port}`, close: () => server.close() };
}
