import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { defineConfig } from 'tsup';
import base from '../../tsup.base.ts';

/** The files of the installed tfjs, which the package ships as modules: every bundler finds those. */
const tfjs = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));

/** The notice in each built file; the licences are in LICENSE. */
const notice = `/*! @tensorflow/tfjs-backend-wasm (https://github.com/tensorflow/tfjs), Copyright Google LLC, Apache License 2.0,
 * with XNNPACK, Copyright Facebook, Inc. and Google LLC, BSD License: see @keepfit/backend-wasm's LICENSE. */
`;

/** The door, and the files that are loaded on demand: of tfjs' two, the one that the engine needs. */
export default defineConfig({
  ...base,
  entry: {
    index: 'src/index.ts',
    'tfjs-plain': 'src/tfjs-files/plain.ts',
    'tfjs-simd': 'src/tfjs-files/simd.ts',
  },
  // Without it the door would hold both in CommonJS.
  splitting: true,
  // The maps of tfjs' files would only repeat them.
  async onSuccess() {
    for (const map of readdirSync('dist').filter((name) => /^tfjs-.*\.map$/.test(name))) {
      const file = `dist/${basename(map, '.map')}`;
      writeFileSync(file, readFileSync(file, 'utf8').replace(/^\/\/# sourceMappingURL=.*$/gm, ''));
      rmSync(`dist/${map}`);
    }
  },
  esbuildPlugins: [
    {
      name: 'pack-tfjs-files',
      setup(build) {
        build.onLoad({ filter: /[\\/]tfjs-files[\\/](plain|simd)\.ts$/ }, ({ path }) => {
          const name = basename(path, '.ts');
          const file = name === 'plain' ? 'tfjs-backend-wasm.wasm' : `tfjs-backend-wasm-${name}.wasm`;
          const bytes = gzipSync(readFileSync(`${tfjs}/${file}`), { level: 9 }).toString('base64');
          return { contents: `${notice}export const packed = '${bytes}';\n`, loader: 'js' };
        });
      },
    },
  ],
});
