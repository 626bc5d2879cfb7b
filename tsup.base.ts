import { defineConfig } from 'tsup';

/** How every package is built: ESM and CJS beside their types, from src/index.ts. */
export default defineConfig({
  entry: ['src/index.ts'],
  format: ['esm', 'cjs'],
  target: 'es2022',
  platform: 'neutral',
  dts: true,
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
