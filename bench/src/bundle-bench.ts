import { fileURLToPath } from 'node:url';
import { build, defaultServerConditions } from 'vite';

/** The programs that benches start. */
const programs = [
  'models/subject-main.ts',
  'parallel/worker-main.ts',
  'machines/nats-worker-main.ts',
  'machines/coordinator-main.ts',
];

/**
 * Bundles the benches with the sources of all packages, as a user's build would. Returns the file to run;
 * the programs are beside it. Loaders that compile file by file keep the names of functions,
 * at a cost to every closure.
 */
export async function bundleBench(root: string): Promise<string> {
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    resolve: { conditions: ['keepfit:source', ...defaultServerConditions] },
    ssr: {
      noExternal: [/^@keepfit\//],
      resolve: { conditions: ['keepfit:source', ...defaultServerConditions] },
    },
    build: {
      ssr: true,
      rolldownOptions: {
        input: ['run-bench.ts', ...programs].map(source),
      },
      outDir: 'dist',
      target: 'es2022',
      minify: false,
      emptyOutDir: true,
    },
  });
  return source('../dist/run-bench.js');
}

function source(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
