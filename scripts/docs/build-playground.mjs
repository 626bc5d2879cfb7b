import { join } from 'node:path';
import { build } from 'vite';

/** Builds the playground into a folder of the site. */
export async function buildPlayground(root, outDir) {
  const folder = join(root, 'examples/playground');
  await build({
    root: folder,
    configFile: join(folder, 'vite.config.ts'),
    logLevel: 'error',
    build: { outDir, emptyOutDir: true },
  });
}
