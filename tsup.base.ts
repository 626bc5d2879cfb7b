import { basename, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'tsup';

/**
 * The declarations of a package's doors, as entries of `dts`. `tsc --build` makes them for all packages at once
 * before tsup runs, so that tsup only bundles them: to check the sources again in each package takes most of a build.
 * @param doors the sources in src/, by the names of their doors
 */
export function declarationsOf<Door extends string>(
  doors: Readonly<Record<Door, string>>,
): Record<string, string> {
  const folder = fileURLToPath(new URL(`.types/${basename(process.cwd())}`, import.meta.url));
  return Object.fromEntries(
    Object.entries<string>(doors).map(([door, source]) => [
      door,
      relative(process.cwd(), `${folder}/${source.replace(/\.ts$/, '.d.ts')}`),
    ]),
  );
}

/** How every package is built: ESM and CJS beside their types, from src/index.ts. */
export default defineConfig({
  entry: ['src/index.ts'],
  format: ['esm', 'cjs'],
  target: 'es2022',
  platform: 'neutral',
  dts: { entry: declarationsOf({ index: 'src/index.ts' }) },
  clean: true,
  sourcemap: true,
  treeshake: true,
  external: [/^node:/],
  removeNodeProtocol: false,
  plugins: [
    {
      // CommonJS stays CommonJS: test runners that sandbox it have no import() there.
      name: 'require-for-dynamic-import',
      renderChunk(code) {
        if (this.format !== 'cjs') return undefined;
        return {
          code: code.replace(/\bimport\((["'][^"']+["'])\)/g, 'Promise.resolve().then(() => require($1))'),
        };
      },
    },
  ],
});
