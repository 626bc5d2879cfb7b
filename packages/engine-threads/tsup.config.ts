import { defineConfig } from 'tsup';
import base, { declarationsOf } from '../../tsup.base.ts';

/** One entry per door of the package. */
const doors = {
  index: 'src/index.ts',
  serve: 'src/serve.ts',
  worker: 'src/worker.ts',
  internal: 'src/internal.ts',
};

export default defineConfig({
  ...base,
  entry: doors,
  dts: { entry: declarationsOf(doors) },
  // In CommonJS the address of the worker's program is made from the file's.
  shims: true,
});
