import { defineConfig } from 'tsup';
import base from '../../tsup.base.ts';

/** One entry per door of the package. */
export default defineConfig({
  ...base,
  entry: {
    index: 'src/index.ts',
    store: 'src/store.ts',
    checkpoint: 'src/checkpoint.ts',
    testing: 'src/testing/index.ts',
    internal: 'src/internal.ts',
  },
});
