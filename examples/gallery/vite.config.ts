import { defaultClientConditions, defineConfig } from 'vite';

export default defineConfig({
  // Relative, so that the built page works from any folder of any static server.
  base: './',
  resolve: { conditions: ['keepfit:source', ...defaultClientConditions] },
  build: { target: 'es2022', chunkSizeWarningLimit: 2000 },
});
