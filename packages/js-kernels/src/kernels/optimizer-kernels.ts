import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Memory } from '../memory.js';
import type { JsKernel } from '../js-kernel.js';
import { adam, type AdamAttrs } from '../update/adam.js';
import { momentum } from '../update/momentum.js';
import { rmsprop, type RmspropAttrs } from '../update/rmsprop.js';
import { sgd } from '../update/sgd.js';

type Inputs<Names extends string> = Readonly<Record<Names | 'weight' | 'gradient', TensorInfo>>;

const keepfitAdam: JsKernel<Inputs<'first' | 'second' | 'accBeta1' | 'accBeta2'>, AdamAttrs, TensorInfo[]> = {
  kernelName: 'KeepfitAdam',
  compute({ weight, gradient, first, second, accBeta1, accBeta2 }, attrs, memory) {
    const outputs = outputsLike(weight, 3, memory);
    const [newWeight, newFirst, newSecond] = written(outputs, memory);
    const state = { ...values({ weight, gradient, first, second }, memory), newWeight, newFirst, newSecond };
    adam(state, attrs, numberOf(accBeta1, memory), numberOf(accBeta2, memory));
    return outputs;
  },
};

const keepfitRmsprop: JsKernel<Inputs<'squares' | 'moments'>, RmspropAttrs, TensorInfo[]> = {
  kernelName: 'KeepfitRmsprop',
  compute({ weight, gradient, squares, moments }, attrs, memory) {
    const outputs = outputsLike(weight, 3, memory);
    const [newWeight, newSquares, newMoments] = written(outputs, memory);
    rmsprop(
      { ...values({ weight, gradient, squares, moments }, memory), newWeight, newSquares, newMoments },
      attrs,
    );
    return outputs;
  },
};

const keepfitMomentum: JsKernel<
  Inputs<'accumulation' | 'm' | 'c'>,
  { readonly useNesterov: boolean },
  TensorInfo[]
> = {
  kernelName: 'KeepfitMomentum',
  compute({ weight, gradient, accumulation, m, c }, { useNesterov }, memory) {
    const outputs = outputsLike(weight, 2, memory);
    const [newWeight, newAccumulation] = written(outputs, memory);
    const state = { ...values({ weight, gradient, accumulation }, memory), newWeight, newAccumulation };
    momentum(state, numberOf(m, memory), numberOf(c, memory), useNesterov);
    return outputs;
  },
};

const keepfitSgd: JsKernel<Inputs<'c'>, object, TensorInfo[]> = {
  kernelName: 'KeepfitSgd',
  compute({ weight, gradient, c }, _attrs, memory) {
    const outputs = outputsLike(weight, 1, memory);
    const [newWeight] = written(outputs, memory);
    sgd(memory.values(weight), memory.values(gradient), newWeight, numberOf(c, memory));
    return outputs;
  },
};

/** The updates that `@keepfit/fit` asks a backend for, in the place of tfjs' optimizers' own ops: the same values to the bit, in one pass. */
export const optimizerKernels = { keepfitAdam, keepfitMomentum, keepfitRmsprop, keepfitSgd };

/** All of them are made before any is looked at: making one may move the memory. */
function outputsLike({ shape }: TensorInfo, count: number, memory: Memory): TensorInfo[] {
  return Array.from({ length: count }, () => memory.output(shape, 'float32'));
}

function written(outputs: readonly TensorInfo[], memory: Memory): [Float32Array, Float32Array, Float32Array] {
  return outputs.map((output) => memory.written(output)) as [Float32Array, Float32Array, Float32Array];
}

function values<Name extends string>(
  tensors: Readonly<Record<Name, TensorInfo>>,
  memory: Memory,
): Record<Name, ReturnType<Memory['values']>> {
  return Object.fromEntries(
    Object.entries<TensorInfo>(tensors).map(([name, tensor]) => [name, memory.values(tensor)]),
  ) as never;
}

function numberOf(scalar: TensorInfo, memory: Memory): number {
  return memory.values(scalar)[0] as number;
}
