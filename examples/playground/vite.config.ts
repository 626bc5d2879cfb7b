import { fileURLToPath } from 'node:url';
import { defaultClientConditions, defineConfig } from 'vite';

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  // Relative, so that the built page works from any folder of any static server.
  base: './',
  resolve: { conditions: ['keepfit:source', ...defaultClientConditions] },
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 4000,
    rolldownOptions: {
      input: {
        index: file('index.html'),
        frame: file('frame.html'),
        // The program in the frame imports these: the import map of frame.html has their names.
        tfjs: file('src/modules/tfjs.ts'),
        keepfit: file('src/modules/keepfit.ts'),
        'backend-wasm': file('src/modules/backend-wasm.ts'),
        'store-indexeddb': file('src/modules/store-indexeddb.ts'),
      },
      preserveEntrySignatures: 'strict',
      output: { entryFileNames: 'modules/[name].js' },
    },
  },
});
