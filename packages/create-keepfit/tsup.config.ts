import { defineConfig } from 'tsup';
import base from '../../tsup.base.ts';

/** A command alone, which Node runs as ESM. */
export default defineConfig({ ...base, entry: { main: 'src/main.ts' }, format: ['esm'], dts: false });
