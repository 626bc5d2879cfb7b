import { fileURLToPath } from 'node:url';
import { build, defaultServerConditions } from 'vite';

/**
 * Bundles the benches with the sources of all packages, as a user's build would, and gives the file to run. Loaders that compile file by
 * file keep the names of functions, at a cost to every closure.
 */
export async function bundleBench(root: string): Promise<string> {
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    resolve: { conditions: ['keepfit:source', ...defaultServerConditions] },
    ssr: { noExternal: [/^@keepfit\//], resolve: { conditions: ['keepfit:source', ...defaultServerConditions] } },
    build: { ssr: fileURLToPath(new URL('run-bench.ts', import.meta.url)), outDir: 'dist', target: 'es2022', minify: false, emptyOutDir: true },
  });
  return fileURLToPath(new URL('../dist/run-bench.js', import.meta.url));
}
