import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const manifest = createRequire(import.meta.url).resolve('@tensorflow/tfjs-node/package.json');

/** Whether the addon of tfjs-node is built: without it, the tests of this package are left out. */
export const hasAddon = existsSync(join(dirname(manifest), 'lib/napi-v8/tfjs_binding.node'));

if (!hasAddon)
  console.info('tfjs-node has no addon, so its tests are left out; npm run build:tfjs-node builds it.');
