import { KeepfitError } from '@keepfit/callbacks';
import { checkOptions } from '@keepfit/callbacks/internal';
import { type Backend, replaceKernels } from '@keepfit/fit';
import { backend, findBackendFactory, getBackend, setBackend } from '@tensorflow/tfjs-core';
import { guardMemory } from './guard-memory.js';
import { trainingKernels } from './training-kernels.js';
import { withoutNewListeners } from './without-new-listeners.js';

export interface WasmBackendOptions {
  /**
   * Where tfjs' .wasm files are: the address of their folder, ending in a slash, or one address for each of the three files by its name.
   * A page needs it where the bundler does not put them beside the script.
   *
   * @default where tfjs looks: in Node its own package, in a page beside the script
   */
  readonly paths?: string | Readonly<Record<WasmFile, string>>;
}

export type WasmFile =
  | 'tfjs-backend-wasm.wasm'
  | 'tfjs-backend-wasm-simd.wasm'
  | 'tfjs-backend-wasm-threaded-simd.wasm';

/** Goes into checkpoints. Counts up with every change of a kernel that may change a rounding. */
const KERNELS = 'keepfit-wasm 1';

/**
 * tfjs' WebAssembly backend with the kernels that training needs: those that tfjs lacks, those it has wrong, and faster ones.
 * It repeats itself bit for bit, in Node and in browsers.
 *
 * ```ts
 * await useBackend(wasmBackend());
 * ```
 *
 * Memory ends at 4 GB: an allocation beyond throws KEEPFIT_OUT_OF_MEMORY, and all tensors keep their values.
 *
 * @throws KEEPFIT_INVALID_OPTION
 */
export function wasmBackend(options: WasmBackendOptions = {}): Backend {
  checkOptions('wasmBackend', options, {
    paths: [isPaths, 'the address of a folder, or an object with one for each .wasm file'],
  });
  let undo: (() => void)[] = [];
  const stop = (): void => {
    for (const step of undo.reverse()) step();
    undo = [];
  };
  return {
    name: 'wasm',
    kernels: KERNELS,
    async start() {
      const former = getBackend() as string | undefined;
      try {
        await withoutNewListeners(() => startTfjs(options));
        undo.push(guardMemory(backend()));
        undo.push(replaceKernels(await trainingKernels(backend())));
        return true;
      } catch (error) {
        stop();
        if (former !== undefined && former !== 'wasm') await setBackend(former);
        throw error;
      }
    },
    stop,
  };
}

async function startTfjs({ paths }: WasmBackendOptions): Promise<void> {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  try {
    if (paths !== undefined) setWasmPaths(paths);
    if (await setBackend('wasm')) return;
    // tfjs only prints why; its factory tells.
    await findBackendFactory('wasm')();
    throw new Error('tfjs gives no reason');
  } catch (cause) {
    const advice =
      "in Node, install @tensorflow/tfjs-backend-wasm whole; in a page, serve its .wasm files and give wasmBackend's option paths";
    throw new KeepfitError(
      'KEEPFIT_BACKEND_UNAVAILABLE',
      `tfjs' wasm backend did not start (${reasonOf(cause)}); ${advice}`,
      { cause },
    );
  }
}

function reasonOf(cause: unknown): string {
  const { message } = (cause ?? {}) as { message?: unknown };
  return typeof message === 'string' ? message : String(cause);
}

function isPaths(value: unknown): boolean {
  return typeof value === 'string' || (typeof value === 'object' && value !== null && !Array.isArray(value));
}
