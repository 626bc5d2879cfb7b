import { defineConfig } from 'tsup';
import base from '../../tsup.base.ts';

/** The functions as every package's, and the command, which Node runs as ESM. */
export default defineConfig({
  ...base,
  entry: { index: 'src/index.ts', main: 'src/main.ts' },
  dts: { entry: { index: 'src/index.ts' } },
  esbuildOptions: (options, { format }) => {
    if (format === 'cjs') options.entryPoints = { index: 'src/index.ts' };
  },
});
