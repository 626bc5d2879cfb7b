import * as tf from '@tensorflow/tfjs-core';

// On the registered kernel itself, so that ESM and CJS copies of this package recognize it.
const FORMER = Symbol.for('keepfit.formerKernel');

interface Replacement extends tf.KernelConfig {
  /** The kernel in whose place this one is; undefined if there was none. */
  [FORMER]?: tf.KernelConfig | undefined;
}

/**
 * Replaces tfjs' own kernels, through its public registry, and returns a function that restores them. For
 * authors of backends. Whoever replaces the same kernels later is not disturbed: the functions may be called in
 * any order, and tfjs' own kernels are back after the last.
 *
 * A kernel that trains writes its outputs to new memory, never into a live tensor: a backup reads the values
 * of its instant by reference while training continues.
 */
export function replaceKernels(kernels: readonly tf.KernelConfig[]): () => void {
  const replacements = kernels.map(replaceKernel);
  // Backwards, because a list may have two kernels of one name.
  return () => replacements.splice(0).reverse().forEach(removeReplacement);
}

function replaceKernel(kernel: tf.KernelConfig): Replacement {
  const replacement = { ...kernel, [FORMER]: getRegistered(kernel) };
  register(replacement);
  return replacement;
}

function removeReplacement(replacement: Replacement): void {
  const former = replacement[FORMER];
  const above = findAbove(replacement);
  if (above !== undefined) above[FORMER] = former;
  else if (former !== undefined) register(former);
  else unregister(replacement);
}

/** Finds the replacement that has taken the place of this one, if there is one. */
function findAbove(replacement: Replacement): Replacement | undefined {
  let above: Replacement | undefined = getRegistered(replacement);
  while (above !== undefined && above[FORMER] !== replacement) above = above[FORMER];
  return above;
}

function register(kernel: tf.KernelConfig): void {
  // Registering over another one makes tfjs print a warning.
  unregister(kernel);
  tf.registerKernel(kernel);
}

function unregister(kernel: tf.KernelConfig): void {
  if (getRegistered(kernel) !== undefined) tf.unregisterKernel(kernel.kernelName, kernel.backendName);
}

function getRegistered({ kernelName, backendName }: tf.KernelConfig): tf.KernelConfig | undefined {
  return tf.getKernel(kernelName, backendName);
}
