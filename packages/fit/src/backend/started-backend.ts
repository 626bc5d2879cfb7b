import * as tf from '@tensorflow/tfjs-core';
import type { Backend } from '../contract/backend.js';

// On tfjs' own engine, so that ESM and CJS copies of this package agree on what runs.
const STARTED = Symbol.for('keepfit.started');

interface Engine {
  [STARTED]?: Started | undefined;
}

/** The backend that `useBackend` started, and the name of the tfjs backend that it runs on. */
interface Started {
  readonly backend: Backend;
  readonly name: string;
}

/** Notes that this backend runs on tfjs' current one, or that none runs. */
export function setStarted(backend: Backend | undefined): void {
  (tf.engine() as Engine)[STARTED] = backend === undefined ? undefined : { backend, name: tf.getBackend() };
}

/** The backend that `useBackend` started and that still has its kernels in place. */
export function getStarted(): Backend | undefined {
  return (tf.engine() as Engine)[STARTED]?.backend;
}

/**
 * The backend that `useBackend` started, if tfjs computes with it now: `tf.setBackend` may have switched to
 * another one since.
 */
export function getRunning(): Backend | undefined {
  const started = (tf.engine() as Engine)[STARTED];
  return started?.name === tf.getBackend() ? started?.backend : undefined;
}
