import type * as tf from '@tensorflow/tfjs-core';

type Saved = Pick<tf.GradConfig, 'inputsToSave' | 'outputsToSave'>;

/**
 * Creates a gradient that is keepfit's on backends with whose kernels it was verified, and the former one on
 * all others. The backend that runs when the gradient is computed decides. The forward pass saves the tensors
 * of both, because the backend could change until then; each gets its own, in the order of tfjs.
 *
 * @param former The gradient that was registered before; tfjs has none for some ops.
 */
export function chooseGradient(
  own: tf.GradConfig,
  former: tf.GradConfig | undefined,
  isVerified: (kernelName: string) => boolean,
): tf.GradConfig {
  const { kernelName } = own;
  const saves = {
    inputsToSave: [...new Set([...(own.inputsToSave ?? []), ...(former?.inputsToSave ?? [])])],
    outputsToSave: joinOutputs(own.outputsToSave ?? [], former?.outputsToSave ?? []),
  };
  const [ofOwn, ofFormer] = [findPlaces(own, saves), findPlaces(former ?? {}, saves)];
  return {
    kernelName,
    ...saves,
    gradFunc(dy, saved, attrs) {
      if (isVerified(kernelName)) return own.gradFunc(dy, take(saved, ofOwn), attrs);
      // What tfjs says of an op that has no gradient.
      if (former === undefined)
        throw new Error(`Cannot compute gradient: gradient function not found for ${kernelName}.`);
      return former.gradFunc(dy, take(saved, ofFormer), attrs);
    },
  };
}

function joinOutputs(some: readonly boolean[], others: readonly boolean[]): boolean[] {
  const length = Math.max(some.length, others.length);
  return Array.from({ length }, (_, index) => some[index] === true || others[index] === true);
}

/** Finds the tensors of one gradient among all that are saved: inputs first, then outputs. */
function findPlaces(
  { inputsToSave = [], outputsToSave = [] }: Saved,
  saves: Required<Saved>,
): readonly number[] {
  const inputs = inputsToSave.map((name) => saves.inputsToSave.indexOf(name));
  const outputs = outputsToSave.flatMap((isSaved, index) =>
    isSaved ? [saves.inputsToSave.length + saves.outputsToSave.slice(0, index).filter(Boolean).length] : [],
  );
  return [...inputs, ...outputs];
}

function take(saved: tf.Tensor[], places: readonly number[]): tf.Tensor[] {
  return places.map((place) => saved[place] as tf.Tensor);
}
