import { KeepfitError } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import { cpuErrors } from './cpu-errors.js';
import { webglErrors, webgpuErrors } from './gpu-errors.js';
import type { KernelCall, KnownError } from './known-error.js';
import { createWasmErrors } from './wasm-errors.js';
import { printWarning } from '@keepfit/callbacks/internal';

// On tfjs' own engine, so that ESM and CJS copies of this package share them.
const WATCHES = Symbol.for('keepfit.watches');
const WARNED = Symbol.for('keepfit.warnedOfBackends');

interface Engine {
  [WATCHES]?: Map<string, Watch>;
  [WARNED]?: Set<string>;
}

interface Watch {
  users: number;
  restore(): void;
}

const ERRORS: Readonly<Record<string, () => readonly KnownError[]>> = {
  cpu: () => cpuErrors,
  wasm: createWasmErrors,
  webgl: () => webglErrors,
  webgpu: () => webgpuErrors,
};

/**
 * Makes the kernels of a stock backend throw KEEPFIT_OP_MISSING in every situation in which they are known to
 * be wrong. Returns a function that puts them back; if several watch, the last one does.
 */
export function watchKernels(backend: string): () => void {
  const watches = ((tf.engine() as Engine)[WATCHES] ??= new Map());
  const watch = watches.get(backend) ?? replaceAll(backend);
  watches.set(backend, watch);
  watch.users += 1;
  return () => {
    watch.users -= 1;
    if (watch.users > 0) return;
    watches.delete(backend);
    watch.restore();
  };
}

/** Warns that a training computes with a stock backend, once in a process and backend. */
export function warnOfStock(backend: string): void {
  const warned = ((tf.engine() as Engine)[WARNED] ??= new Set());
  if (warned.has(backend)) return;
  warned.add(backend);
  printWarning(
    `This training computes with tfjs' own ${backend} kernels, of which some are slow and some wrong; ${adviseBackend(backend)}.`,
  );
}

function replaceAll(backend: string): Watch {
  const errors = ERRORS[backend]?.() ?? [];
  const watch: Watch = { users: 0, restore: () => restores.forEach((restore) => restore()) };
  const restores = [...new Set(errors.flatMap(({ kernels }) => kernels))].map((name) =>
    replaceKernel(
      name,
      backend,
      errors.filter(({ kernels }) => kernels.includes(name)),
      watch,
    ),
  );
  return watch;
}

function replaceKernel(
  name: string,
  backend: string,
  errors: readonly KnownError[],
  watch: Watch,
): () => void {
  const stock = tf.getKernel(name, backend) as tf.KernelConfig | undefined;
  if (stock === undefined) return () => undefined;
  const watched: tf.KernelConfig = {
    ...stock,
    kernelFunc(given) {
      // Somebody may have wrapped this function meanwhile, so that it stays after the watch.
      const hit = watch.users > 0 ? errors.find((error) => error.isHit(createCall(given, stock))) : undefined;
      if (hit !== undefined) throw createWrongKernelError(name, backend, hit);
      return stock.kernelFunc(given);
    },
  };
  put(watched);
  return () => {
    if ((tf.getKernel(name, backend) as tf.KernelConfig | undefined)?.kernelFunc === watched.kernelFunc)
      put(stock);
  };
}

/** Registers a kernel without tfjs' warning about the one before. Its set-up is done already. */
function put(kernel: tf.KernelConfig): void {
  tf.unregisterKernel(kernel.kernelName, kernel.backendName);
  tf.registerKernel(kernel);
}

type Given = Parameters<tf.KernelFunc>[0];

function createCall(given: Given, stock: tf.KernelConfig): KernelCall {
  const backend = given.backend as tf.KernelBackend;
  const values = ({ dataId }: tf.TensorInfo) => backend.readSync(dataId) as Float32Array;
  return {
    inputs: given.inputs,
    attrs: (given.attrs ?? {}) as Readonly<Record<string, unknown>>,
    values,
    compute() {
      const result = stock.kernelFunc(given) as tf.TensorInfo;
      try {
        return values(result);
      } finally {
        backend.disposeData(result.dataId);
      }
    },
  };
}

function createWrongKernelError(kernel: string, backend: string, { what }: KnownError): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_OP_MISSING',
    `tfjs' own ${backend} kernel ${kernel} ${what}, so that the result would be wrong; ${adviseBackend(backend)}`,
  );
}

function adviseBackend(backend: string): string {
  return `call await useBackend(${backend}Backend()), of @keepfit/backend-${backend}, before you build the model`;
}
