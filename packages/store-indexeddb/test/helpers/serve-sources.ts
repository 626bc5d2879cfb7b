import { fileURLToPath } from 'node:url';
import { createServer, defaultClientConditions } from 'vite';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

interface Served {
  /** The Content-Security-Policy of the page at /strict-page. */
  readonly policy?: string;
  /** The program of the page at /page, from the root of the workspace. @default in-page.ts */
  readonly program?: string;
}

/** Serves the workspace's sources, and a page of one program. */
export async function serveSources({
  policy = '',
  program = '/packages/store-indexeddb/test/helpers/in-page.ts',
}: Served = {}): Promise<{ origin: string; close(): Promise<void> }> {
  const server = await createServer({
    root,
    configFile: false,
    logLevel: 'error',
    appType: 'custom',
    server: { host: '127.0.0.1', port: 0, hmr: false, watch: null, ws: false },
    resolve: { conditions: ['keepfit:source', ...defaultClientConditions] },
    optimizeDeps: { noDiscovery: true, include: [] },
    plugins: [
      {
        name: 'page',
        configureServer: ({ middlewares }) => {
          middlewares.use((request, response, next) => {
            const [, name] = /^\/((?:strict-)?page)(?:\?|$)/.exec(request.url ?? '') ?? [];
            if (name === undefined) return next();
            response.setHeader('Content-Type', 'text/html');
            if (name === 'strict-page') response.setHeader('Content-Security-Policy', policy);
            return response.end(`<!doctype html><script type="module" src="${program}"></script>`);
          });
        },
      },
    ],
  });
  await server.listen();
  const address = server.httpServer?.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server does not listen');
  return { origin: `http://127.0.0.1:${address.port}`, close: () => server.close() };
}
