import { defineConfig } from 'tsup';
import base from '../../tsup.base.ts';

/** The package itself, and the kit for those who write a store. */
export default defineConfig({ ...base, entry: { index: 'src/index.ts', testing: 'src/testing/index.ts' } });
