import { type Backend, useBackend } from '@keepfit/fit';
import type { BackendKind } from '../training/settings.js';

/** Starts the backend that was chosen. Each is loaded only when it is. `software` lets a GPU be played by the processor. */
export async function startBackend(kind: BackendKind, software: boolean): Promise<Backend> {
  return useBackend(await loadBackend(kind, software));
}

async function loadBackend(kind: BackendKind, software: boolean): Promise<Backend> {
  switch (kind) {
    case 'webgpu':
      return (await import('@keepfit/backend-webgpu')).webgpuBackend({ software });
    case 'webgl':
      return (await import('@keepfit/backend-webgl')).webglBackend({ software });
    case 'wasm':
      return (await import('./wasm.js')).bundledWasmBackend();
    case 'cpu':
      return (await import('@keepfit/backend-cpu')).cpuBackend();
  }
}
