import { createRequire, isBuiltin } from 'node:module';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'vite';

/**
 * Bundles programs for Node, each from its entry, so that starting one costs no transform of the workspace's
 * sources. Writes a file of each name into the folder; libraries stay outside, where the program's own
 * package finds them.
 */
export async function bundlePrograms(
  entries: Readonly<Record<string, string>>,
  folder: string,
): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'error',
    plugins: [librariesStayOutside],
    resolve: { conditions: ['keepfit:source', 'node'] },
    ssr: { noExternal: true, resolve: { conditions: ['keepfit:source', 'node'] } },
    build: {
      ssr: true,
      target: 'node20',
      outDir: folder,
      emptyOutDir: false,
      rollupOptions: {
        input: { ...entries },
        output: { entryFileNames: '[name].mjs', chunkFileNames: 'shared/[name]-[hash].mjs' },
      },
    },
  });
}

const librariesStayOutside: Plugin = {
  name: 'libraries-stay-outside',
  enforce: 'pre',
  resolveId(name, importer) {
    if (importer === undefined || /^[./\0]|^@keepfit\/|^keepfit(\/|$)|^\w:/.test(name)) return undefined;
    if (isBuiltin(name)) return { id: name, external: true };
    return { id: pathToFileURL(createRequire(importer).resolve(name)).href, external: true };
  },
};
