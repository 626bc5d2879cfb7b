import { existsSync, readFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
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
    return { id: pathToFileURL(findLibrary(name, importer)).href, external: true };
  },
};

function findLibrary(name: string, importer: string): string {
  const require = createRequire(importer);
  const folders = (require.resolve.paths(name) ?? []).map((folder) => join(folder, name, 'package.json'));
  const manifest = folders.find((file) => existsSync(file));
  if (manifest === undefined) return require.resolve(name);
  const { exports } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    exports?: { '.'?: { import?: unknown; require?: unknown; default?: unknown } };
  };
  const { import: door, require: other, default: either } = exports?.['.'] ?? {};
  // A package for ESM only, which `require` does not find.
  const isEsm = typeof door === 'string' && (other ?? either) === undefined;
  return isEsm ? join(dirname(manifest), door) : require.resolve(name);
}
