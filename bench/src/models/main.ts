// Times training steps of whole models on WASM, with tfjs' kernels and with keepfit's, one thread. Run in bench/:
//   npx tsx --conditions=keepfit:source src/models/main.ts [part of a model's name] [--rounds 9] [--json file]
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, defaultServerConditions } from 'vite';

// As a user's build would have it: loaders that compile file by file keep the names of functions, at a cost to every closure.
const root = fileURLToPath(new URL('../..', import.meta.url));
await build({
  configFile: false,
  root,
  logLevel: 'error',
  resolve: { conditions: ['keepfit:source', ...defaultServerConditions] },
  ssr: { noExternal: [/^@keepfit\//], resolve: { conditions: ['keepfit:source', ...defaultServerConditions] } },
  build: { ssr: join(root, 'src/models/run-models.ts'), outDir: 'dist/models', target: 'es2022', minify: false, emptyOutDir: true },
});
const { status } = spawnSync(process.execPath, [join(root, 'dist/models/run-models.js'), ...process.argv.slice(2)], { stdio: 'inherit' });
process.exitCode = status ?? 1;
