import { KeepfitError } from '@keepfit/callbacks';
import { checkOptions } from '@keepfit/callbacks/internal';
import { type Backend, replaceKernels } from '@keepfit/fit/internal';
import * as tf from '@tensorflow/tfjs-core';
import { digestArithmetic } from './digest-arithmetic.js';
import { restoreUtil } from './restore-util.js';
import { applySettings, type Settings } from './settings.js';
import { listKernels } from './training-kernels.js';

export interface NodeBackendOptions {
  /**
   * The number of threads that compute one op: TensorFlow's intra-op threads. Another number sums in another
   * order, so a checkpoint is continued only with the same one. Set it if machines with different cores are to
   * continue each other's runs.
   *
   * @default the environment variable TF_NUM_INTRAOP_THREADS, or else the number of cores
   */
  readonly threads?: number;
  /**
   * Loads tfjs-node, such as `() => import('@tensorflow/tfjs-node-gpu')`. That package has never been tested
   * with keepfit.
   *
   * @default () => import('@tensorflow/tfjs-node')
   */
  readonly load?: () => Promise<unknown>;
}

/** Checkpoints hold it. Raise it with every change of a kernel that may change a rounding. */
const KERNELS = 'keepfit-node 1';

/** The parts of tfjs-node's backend that are used here. */
export interface NodeMathBackend extends tf.KernelBackend {
  readonly binding: { readonly TF_Version: string };
  readonly isUsingGpuDevice: boolean;
}

/**
 * TensorFlow itself, through tfjs-node, for training in Node. It repeats itself bit for bit on machines of one
 * kind, and replaces tfjs-node's kernels that are wrong for training or missing.
 *
 * ```ts
 * await useBackend(nodeBackend());
 * ```
 *
 * TensorFlow reads its settings once, when its addon loads. So `start` sets the number of threads and
 * deterministic ops in the environment of the process before that.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_BACKEND_UNAVAILABLE, from `start`, when the package or its addon is missing, or when
 * TensorFlow has been loaded with other settings; the message says which.
 */
export function nodeBackend(options: NodeBackendOptions = {}): Backend {
  checkOptions('nodeBackend', options, {
    threads: [isThreads, 'a whole number of threads, 1 or more'],
    load: [isFunction, 'a function that imports tfjs-node or tfjs-node-gpu'],
  });
  const { threads, load = () => import('@tensorflow/tfjs-node') } = options;
  let kernels = KERNELS;
  let undo: (() => void)[] = [];
  const stop = (): void => {
    for (const step of undo.reverse()) step();
    undo = [];
  };
  return {
    name: 'tensorflow',
    get kernels() {
      return kernels;
    },
    verifiedGradients: 'all',
    options: threads === undefined ? {} : { threads },
    async start() {
      stop();
      const former = tf.getBackend() as string | undefined;
      try {
        const settings = applySettings(options);
        undo.push(restoreUtil());
        await loadTfjsNode(load).catch((error: unknown) => {
          settings.restore();
          throw error;
        });
        const backend = tf.backend() as NodeMathBackend;
        undo.push(replaceKernels(listKernels()));
        kernels = `${KERNELS} on ${nameTensorFlow(backend, settings)}`;
        return true;
      } catch (error) {
        stop();
        if (former !== undefined && former !== 'tensorflow') await tf.setBackend(former);
        throw error;
      }
    },
    stop,
  };
}

async function loadTfjsNode(load: () => Promise<unknown>): Promise<void> {
  try {
    await load();
    if (await tf.setBackend('tensorflow')) return;
    throw new Error('tfjs gives no reason');
  } catch (cause) {
    throw new KeepfitError(
      'KEEPFIT_BACKEND_UNAVAILABLE',
      `tfjs-node did not start (${getReason(cause)}); install it with its install script, which downloads TensorFlow, or build its addon from a wheel of TensorFlow`,
      { cause },
    );
  }
}

/** Names what changes bits: TensorFlow, its settings, and how the kernels for this processor round. */
function nameTensorFlow({ binding, isUsingGpuDevice }: NodeMathBackend, settings: Settings): string {
  const { threads, oneDnn, deterministic } = settings;
  return [
    `TensorFlow ${binding.TF_Version}`,
    ...(isUsingGpuDevice ? ['GPU'] : []),
    `${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    `oneDNN ${oneDnn}`,
    ...(deterministic ? [] : ['ops not deterministic']),
    `arithmetic ${digestArithmetic()}`,
  ].join(', ');
}

function getReason(cause: unknown): string {
  const { message } = (cause ?? {}) as { message?: unknown };
  return typeof message === 'string' ? (message.split('\n')[0] ?? '').trim() : String(cause);
}

function isThreads(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1;
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}
