import { defineConfig } from 'tsup';
import base, { declarationsOf } from '../../tsup.base.ts';

/** One entry per door of the package. */
const doors = { index: 'src/index.ts', serve: 'src/serve.ts' };

export default defineConfig({
  ...base,
  entry: doors,
  dts: { entry: declarationsOf(doors) },
});
