import { KeepfitError } from '@keepfit/callbacks';
import { checkOptions } from '@keepfit/callbacks/internal';
import { type Backend, fingerprintMath, replaceKernels } from '@keepfit/fit/internal';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfjsWasm from '@tensorflow/tfjs-backend-wasm';
import { guardMemory } from './guard-memory.js';
import { chooseFile, describeAnswer, findFile, type WasmFile } from './tfjs-files/find-files.js';
import { loadTrainingKernels } from './training-kernels.js';
import { withoutNewListeners } from './without-new-listeners.js';

export interface WasmBackendOptions {
  /**
   * Addresses of tfjs' .wasm files: the address of their folder, ending in a slash, or one address for each
   * of the two files by its name.
   *
   * @default the files in this package, which any bundler bundles; with another release of tfjs than 4.22.0, or a
   * `connect-src` that forbids `blob:`, where tfjs looks: its own package in Node, beside the script in a page
   */
  readonly paths?: string | Readonly<Record<WasmFile, string>>;
}

/** Checkpoints hold it. Raise it with every change of a kernel that may change a rounding. */
const KERNELS = 'keepfit-wasm 4';

/**
 * tfjs' WebAssembly backend with the kernels that training needs: those that tfjs lacks, those that tfjs has
 * wrong, and faster ones. It repeats itself bit for bit, in Node and in browsers.
 *
 * ```ts
 * await useBackend(wasmBackend());
 * ```
 *
 * Memory ends at 4 GB: a larger allocation throws KEEPFIT_OUT_OF_MEMORY, and all tensors keep their values.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_BACKEND_UNAVAILABLE, from `start`, when tfjs' backend does not start; the message says why.
 */
export function wasmBackend(options: WasmBackendOptions = {}): Backend {
  checkOptions('wasmBackend', options, {
    paths: [isPaths, 'the address of a folder, or an object with one for each .wasm file'],
  });
  let kernels = KERNELS;
  let prepareCalls: Backend['prepareCalls'];
  let undo: (() => void)[] = [];
  const stop = (): void => {
    for (const step of undo.reverse()) step();
    undo = [];
  };
  return {
    name: 'wasm',
    get kernels() {
      return kernels;
    },
    verifiedGradients: 'all',
    options: options.paths === undefined ? {} : { paths: resolvePaths(options.paths) },
    prepareCalls: (plan) => prepareCalls?.(plan),
    async start() {
      const former = tf.getBackend() as string | undefined;
      try {
        await withoutNewListeners(() => startTfjs(options));
        undo.push(guardMemory(tf.backend()));
        const loaded = await loadTrainingKernels(tf.backend());
        undo.push(replaceKernels(loaded.kernels));
        ({ prepareCalls } = loaded);
        kernels = `${KERNELS}, ${await nameArithmetic(loaded.simd)}`;
        return true;
      } catch (error) {
        stop();
        if (former !== undefined && former !== 'wasm') await tf.setBackend(former);
        throw error;
      }
    },
    stop,
  };
}

async function startTfjs({ paths }: WasmBackendOptions): Promise<void> {
  const { setWasmPaths, version_wasm: release } = await import('@tensorflow/tfjs-backend-wasm');
  // tfjs' build with threads computes on one of them, and never starts in a minified page or a service worker.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  const ownFile = paths === undefined ? await findFile(release) : undefined;
  try {
    if (paths !== undefined) setWasmPaths(typeof paths === 'string' ? paths : withThreadedFile(paths));
    if (ownFile !== undefined) setOwnFile(setWasmPaths, ownFile);
    if (await tf.setBackend('wasm')) return;
    // tfjs only prints the reason; its factory throws it.
    await tf.findBackendFactory('wasm')();
    throw new Error('tfjs gives no reason');
  } catch (cause) {
    const advice =
      "install the complete package @tensorflow/tfjs-backend-wasm@4.22.0, whose .wasm files keepfit brings, or serve those of your release and set wasmBackend's option paths";
    throw new KeepfitError(
      'KEEPFIT_BACKEND_UNAVAILABLE',
      `tfjs' wasm backend did not start (${(await explainPaths(paths)) ?? getReason(cause)}); ${advice}`,
      { cause },
    );
  } finally {
    if (ownFile !== undefined) URL.revokeObjectURL(ownFile);
  }
}

/** Lets tfjs load this package's file. In Node tfjs reads files unless it is to fetch them. */
function setOwnFile(setPaths: typeof tfjsWasm.setWasmPaths, address: string): void {
  const { process } = globalThis as { readonly process?: { readonly versions?: { readonly node?: string } } };
  setPaths(
    withThreadedFile({ 'tfjs-backend-wasm.wasm': address, 'tfjs-backend-wasm-simd.wasm': address }),
    process?.versions?.node !== undefined,
  );
}

/** tfjs wants an address for its build with threads too, which it never loads here. */
function withThreadedFile(paths: Readonly<Record<WasmFile, string>>) {
  return { 'tfjs-backend-wasm-threaded-simd.wasm': '', ...paths };
}

/** Says what is wrong with the file at these addresses; undefined if nothing is, or if only tfjs knows them. */
async function explainPaths(paths: WasmBackendOptions['paths']): Promise<string | undefined> {
  if (paths === undefined || !('location' in globalThis)) return undefined;
  const file = await chooseFile();
  const resolved = resolvePaths(paths);
  return describeAnswer(typeof resolved === 'string' ? resolved + file : (resolved[file] ?? file));
}

/**
 * Names what changes bits: SIMD rounds `tanh`, `sum` and products differently, and without it some kernels
 * compute with the engine's Math. tfjs' threads change none.
 */
async function nameArithmetic(simd: boolean): Promise<string> {
  const ofTfjs = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
  const names = simd ? ['SIMD'] : ['no SIMD', fingerprintMath()];
  if (ofTfjs !== simd) names.push(`tfjs with ${ofTfjs === true ? '' : 'no '}SIMD`);
  return names.join(', ');
}

function getReason(cause: unknown): string {
  const { message } = (cause ?? {}) as { message?: unknown };
  return typeof message === 'string' ? message : String(cause);
}

/** Another thread of a page has another base address. */
function resolvePaths(paths: NonNullable<WasmBackendOptions['paths']>): string | Record<string, string> {
  const { href } = (globalThis as { readonly location?: { readonly href?: string } }).location ?? {};
  const resolve = (path: string): string =>
    href !== undefined && URL.canParse(path, href) ? new URL(path, href).href : path;
  return typeof paths === 'string'
    ? resolve(paths)
    : Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, resolve(path)]));
}

function isPaths(value: unknown): boolean {
  return typeof value === 'string' || (typeof value === 'object' && value !== null && !Array.isArray(value));
}
