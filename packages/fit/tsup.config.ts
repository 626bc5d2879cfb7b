import { fileURLToPath } from 'node:url';
import { defineConfig } from 'tsup';
import { gradientsModule, locateGradients, tfjsGradients } from '../../scripts/build/tfjs-gradients.ts';
import base from '../../tsup.base.ts';

const gradients = locateGradients(fileURLToPath(new URL('package.json', import.meta.url)));

/** The package itself, the kit for those who write a backend, and tfjs' gradient table in a file of its own, loaded only where nothing has registered it. */
export default defineConfig({
  ...base,
  entry: { index: 'src/index.ts', testing: 'src/testing/index.ts', 'tfjs-gradients': gradients },
  dts: { entry: { index: 'src/index.ts', testing: 'src/testing/index.ts' } },
  // Otherwise tsup leaves the import as it is, for tfjs-core is a peer.
  noExternal: [gradientsModule],
  esbuildPlugins: [tfjsGradients(gradients, 'tfjs-gradients')],
});
