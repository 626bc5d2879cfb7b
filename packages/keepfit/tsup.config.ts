import { defineConfig } from 'tsup';
import base, { declarationsOf } from '../../tsup.base.ts';

/** The doors. */
const doors = { index: 'src/index.ts', cli: 'src/cli.ts' };

/** The doors as every package's, and the command, which Node runs as ESM. */
export default defineConfig({
  ...base,
  entry: { ...doors, main: 'src/main.ts' },
  // It is installed by those who have several machines.
  external: [/^node:/, /^@keepfit\/engine-nats/],
  dts: { entry: declarationsOf(doors) },
  esbuildOptions: (options, { format }) => {
    if (format === 'cjs') options.entryPoints = doors;
  },
});
