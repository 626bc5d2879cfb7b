import { defineConfig } from 'tsup';
import base, { declarationsOf } from '../../tsup.base.ts';

const doors = {
  index: 'src/index.ts',
  store: 'src/store.ts',
  checkpoint: 'src/checkpoint.ts',
  testing: 'src/testing/index.ts',
  internal: 'src/internal.ts',
};

/**
 * One entry per door of the package. The doors share chunks, in both formats, so that each class and each
 * module's state exists once.
 */
export default defineConfig({
  ...base,
  splitting: true,
  entry: doors,
  dts: { entry: declarationsOf(doors) },
});
