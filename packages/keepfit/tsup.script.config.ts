import { defineConfig } from 'tsup';
import { tfjsGlobals } from '../../scripts/build/tfjs-globals.ts';

/** One file for `<script>`, with the global `keepfit`, and one for `<script type="module">`. */
export default defineConfig({
  entry: { keepfit: 'src/script.ts' },
  format: ['iife', 'esm'],
  globalName: 'keepfit',
  target: 'es2022',
  platform: 'browser',
  minify: true,
  splitting: false,
  // Everything but tfjs is in the file, from the sources of the packages.
  noExternal: [/^@keepfit\//, /^@tensorflow\//],
  outExtension: ({ format }) => ({ js: format === 'iife' ? '.script.js' : '.module.js' }),
  esbuildOptions: (options) => {
    options.conditions = ['keepfit:source'];
  },
  esbuildPlugins: [tfjsGlobals],
});
