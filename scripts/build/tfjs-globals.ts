// A page loads tfjs by scripts of its own, which make the global `tf`. So the files of keepfit for such pages take
// tfjs from there.
import type { Options } from 'tsup';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

const wasm = '@tensorflow/tfjs-backend-wasm';

/** Takes the packages of tfjs from the global `tf`, and its wasm backend from `tf.wasm`. Throws in the page if a script of tfjs is missing. */
export const tfjsGlobals: Plugin = {
  name: 'tfjs-globals',
  setup(build) {
    build.onResolve({ filter: /^@tensorflow\// }, ({ path }) => ({ path, namespace: 'tfjs-globals' }));
    build.onLoad({ filter: /.*/, namespace: 'tfjs-globals' }, ({ path }) => {
      // The backend looks for its .wasm files beside its script, so the address must be that of the file.
      const script = path === wasm ? `${wasm}@4.22.0/dist/tf-backend-wasm.min.js` : '@tensorflow/tfjs@4.22.0';
      const message = `keepfit needs a <script> before its own: https://cdn.jsdelivr.net/npm/${script}`;
      return {
        contents: `const part = globalThis.tf${path === wasm ? '?.wasm' : ''};
if (part === undefined) throw new Error('${message}');
module.exports = part;
`,
        loader: 'js',
      };
    });
  },
};
