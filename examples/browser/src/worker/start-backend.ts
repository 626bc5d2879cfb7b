import { type Backend, useBackend } from 'keepfit';
import type { BackendKind } from '../training/settings.js';

/** Loads and starts the chosen backend. With `software`, the processor may emulate a GPU. */
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
      return (await import('./wasm.js')).createWasmBackend();
    case 'cpu':
      return (await import('@keepfit/backend-cpu')).cpuBackend();
  }
}
