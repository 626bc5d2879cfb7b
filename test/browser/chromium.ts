import { existsSync } from 'node:fs';

/** The Chromium on this machine; undefined where there is none. */
export const chromiumPath = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path));

/**
 * WebGL and WebGPU are computed in software, so that the tests need no GPU and give everywhere the same;
 * KEEPFIT_GPU=1 takes the real one.
 */
const graphics = process.env['KEEPFIT_GPU']
  ? [
      '--enable-unsafe-webgpu',
      '--ignore-gpu-blocklist',
      '--use-angle=vulkan',
      '--enable-features=Vulkan',
      // A server without a display has no Vulkan surface: Vulkan would not start, and software would compute.
      '--disable-vulkan-surface',
      // Chromium would try to compose the page on the GPU, fail for lack of a surface, and lose the first
      // WebGPU adapter with it.
      '--disable-gpu-compositing',
    ]
  : [
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      // Composing a page by a GPU in software takes a part of the cores.
      '--disable-gpu-compositing',
      '--enable-unsafe-webgpu',
      '--use-webgpu-adapter=swiftshader',
      '--enable-features=Vulkan',
      // Each shader is compiled when it is drawn with, not once before too, and none is kept on disk.
      '--disable-angle-features=warmUpPipelineCacheAtLink,syncMonolithicPipelinesToBlobCache',
      '--disable-gpu-program-cache',
      '--disable-gpu-shader-disk-cache',
    ];

/** Runs in a container, and asks nothing of the network. */
export const chromiumArgs = [
  '--no-sandbox',
  '--disable-gpu-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  ...graphics,
];
