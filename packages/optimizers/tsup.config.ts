import { defineConfig } from 'tsup';
import base from '../../tsup.base.ts';

/** The package, and what it loads on demand: `getWeights` and `setWeights`. */
export default defineConfig({
  ...base,
  entry: { index: 'src/index.ts', 'saved-weights': 'src/base/saved-weights.ts' },
  splitting: true,
});
