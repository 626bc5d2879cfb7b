import type * as tf from '@tensorflow/tfjs-core';
import type { JsKernel } from '../js-kernel.js';
import type { Memory } from '../memory.js';
import { applyAdam, type AdamAttrs } from '../update/adam.js';
import { applyRmsprop, type RmspropAttrs } from '../update/rmsprop.js';
import { runProgram } from '../update/run-program.js';
import { applyMomentum, applySgd } from '../update/sgd.js';
import { checkUpdateCall, type UpdateAttrs, type UpdateInputs } from '../update/update-call.js';

type Inputs<Names extends string> = Readonly<Record<Names | 'weight' | 'gradient', tf.TensorInfo>>;

const keepfitAdam: JsKernel<
  Inputs<'first' | 'second' | 'accBeta1' | 'accBeta2'>,
  AdamAttrs,
  tf.TensorInfo[]
> = {
  kernelName: 'KeepfitAdam',
  compute({ weight, gradient, first, second, accBeta1, accBeta2 }, attrs, memory) {
    const outputs = createOutputsLike(weight, 3, memory);
    const [newWeight, newFirst, newSecond] = getWritable(outputs, memory);
    const state = {
      ...getValues({ weight, gradient, first, second }, memory),
      newWeight,
      newFirst,
      newSecond,
    };
    applyAdam(state, attrs, readScalar(accBeta1, memory), readScalar(accBeta2, memory));
    return outputs;
  },
};

const keepfitRmsprop: JsKernel<Inputs<'squares' | 'moments'>, RmspropAttrs, tf.TensorInfo[]> = {
  kernelName: 'KeepfitRmsprop',
  compute({ weight, gradient, squares, moments }, attrs, memory) {
    const outputs = createOutputsLike(weight, 3, memory);
    const [newWeight, newSquares, newMoments] = getWritable(outputs, memory);
    applyRmsprop(
      { ...getValues({ weight, gradient, squares, moments }, memory), newWeight, newSquares, newMoments },
      attrs,
    );
    return outputs;
  },
};

const keepfitMomentum: JsKernel<
  Inputs<'accumulation' | 'm' | 'c'>,
  { readonly useNesterov: boolean },
  tf.TensorInfo[]
> = {
  kernelName: 'KeepfitMomentum',
  compute({ weight, gradient, accumulation, m, c }, { useNesterov }, memory) {
    const outputs = createOutputsLike(weight, 2, memory);
    const [newWeight, newAccumulation] = getWritable(outputs, memory);
    const state = { ...getValues({ weight, gradient, accumulation }, memory), newWeight, newAccumulation };
    applyMomentum(state, readScalar(m, memory), readScalar(c, memory), useNesterov);
    return outputs;
  },
};

const keepfitSgd: JsKernel<Inputs<'c'>, object, tf.TensorInfo[]> = {
  kernelName: 'KeepfitSgd',
  compute({ weight, gradient, c }, _attrs, memory) {
    const outputs = createOutputsLike(weight, 1, memory);
    const [newWeight] = getWritable(outputs, memory);
    applySgd(memory.values(weight), memory.values(gradient), newWeight, readScalar(c, memory));
    return outputs;
  },
};

const keepfitUpdate: JsKernel<UpdateInputs, UpdateAttrs, tf.TensorInfo[]> = {
  kernelName: 'KeepfitUpdate',
  compute(inputs, attrs, memory) {
    const { program, tensors } = checkUpdateCall(inputs, attrs);
    const outputs = createOutputsLike(tensors[0], program.results.length, memory);
    runProgram(
      program,
      tensors.map((tensor) => memory.values(tensor)),
      attrs.numbers,
      outputs.map((output) => memory.writable(output)),
    );
    return outputs;
  },
};

/**
 * The updates that `@keepfit/fit` and `@keepfit/optimizers` ask a backend for. KeepfitUpdate runs a recorded
 * formula; each of the others replaces the ops of a tfjs optimizer. All give the same values to the bit as the ops
 * that they replace, in one pass.
 */
export const optimizerKernels = {
  keepfitAdam,
  keepfitMomentum,
  keepfitRmsprop,
  keepfitSgd,
  keepfitUpdate,
};

/** Create all outputs before reading any: creating one may move the memory. */
function createOutputsLike({ shape }: tf.TensorInfo, count: number, memory: Memory): tf.TensorInfo[] {
  return Array.from({ length: count }, () => memory.output(shape, 'float32'));
}

function getWritable(
  outputs: readonly tf.TensorInfo[],
  memory: Memory,
): [Float32Array, Float32Array, Float32Array] {
  return outputs.map((output) => memory.writable(output)) as [Float32Array, Float32Array, Float32Array];
}

function getValues<Name extends string>(
  tensors: Readonly<Record<Name, tf.TensorInfo>>,
  memory: Memory,
): Record<Name, ReturnType<Memory['values']>> {
  return Object.fromEntries(
    Object.entries<tf.TensorInfo>(tensors).map(([name, tensor]) => [name, memory.values(tensor)]),
  ) as never;
}

function readScalar(scalar: tf.TensorInfo, memory: Memory): number {
  return memory.values(scalar)[0] as number;
}
