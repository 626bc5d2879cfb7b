import { defineConfig } from 'tsup';
import base from '../../tsup.base.ts';

/**
 * One entry per door of the package. The doors share chunks, in both formats, so that each class and each
 * module's state exists once.
 */
export default defineConfig({
  ...base,
  splitting: true,
  entry: {
    index: 'src/index.ts',
    store: 'src/store.ts',
    checkpoint: 'src/checkpoint.ts',
    testing: 'src/testing/index.ts',
    internal: 'src/internal.ts',
  },
});
