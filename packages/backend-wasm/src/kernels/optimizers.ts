import {
  type CompiledProgram,
  compileProgram,
  checkUpdateCall,
  type UpdateAttrs,
  type UpdateInputs,
} from '@keepfit/js-kernels';
import * as tf from '@tensorflow/tfjs-core';
import { createSimdKernel, type SimdTools } from '../simd/simd-kernel.js';

type Inputs<Names extends string> = Readonly<Record<Names | 'weight' | 'gradient', tf.TensorInfo>>;

/**
 * The updates that `@keepfit/fit` and `@keepfit/optimizers` ask a backend for. KeepfitUpdate runs a recorded
 * formula; each of the others replaces the ops of a tfjs optimizer. All give the same values to the bit as the ops
 * that they replace, in one pass.
 */
export function optimizers(tools: SimdTools): readonly tf.KernelConfig[] {
  const { simd, heap } = tools;
  return [
    createSimdKernel<Inputs<'first' | 'second' | 'accBeta1' | 'accBeta2'>, AdamAttrs>(
      'KeepfitAdam',
      tools,
      (inputs, attrs) => {
        const { weight, gradient, first, second } = inputs;
        const { beta1, beta2, epsilon, learningRate } = attrs;
        const outputs = [weight, weight, weight].map(({ shape }) => heap.output(shape));
        // tfjs subtracts in single precision.
        const [rest1 = 0, rest2 = 0] = [inputs.accBeta1, inputs.accBeta2].map((power) =>
          Math.fround(1 - (heap.floats(power)[0] ?? 0)),
        );
        const memory = [weight, gradient, first, second, ...outputs].map(heap.address) as Seven;
        simd.adam(
          ...memory,
          countElements(weight),
          beta1,
          beta2,
          1 - beta1,
          1 - beta2,
          rest1,
          rest2,
          epsilon,
          -learningRate,
        );
        return outputs;
      },
    ),
    createSimdKernel<Inputs<'squares' | 'moments'>, RmspropAttrs>(
      'KeepfitRmsprop',
      tools,
      ({ weight, gradient, squares, moments }, attrs) => {
        const { decay, momentum, epsilon, learningRate } = attrs;
        const outputs = [weight, weight, weight].map(({ shape }) => heap.output(shape));
        const memory = [weight, gradient, squares, moments, ...outputs].map(heap.address) as Seven;
        simd.rmsprop(...memory, countElements(weight), decay, 1 - decay, momentum, epsilon, learningRate);
        return outputs;
      },
    ),
    createSimdKernel<Inputs<'accumulation' | 'm' | 'c'>, { useNesterov: boolean }>(
      'KeepfitMomentum',
      tools,
      (inputs, { useNesterov }) => {
        const { weight, gradient, accumulation, m, c } = inputs;
        const outputs = [weight, weight].map(({ shape }) => heap.output(shape));
        const memory = [weight, gradient, accumulation, ...outputs].map(heap.address) as Five;
        simd.momentum(
          ...memory,
          countElements(weight),
          readScalar(heap, m),
          readScalar(heap, c),
          useNesterov ? 1 : 0,
        );
        return outputs;
      },
    ),
    createSimdKernel<Inputs<'c'>, object>('KeepfitSgd', tools, ({ weight, gradient, c }) => {
      const output = heap.output(weight.shape);
      simd.sgd(
        heap.address(weight),
        heap.address(gradient),
        heap.address(output),
        countElements(weight),
        readScalar(heap, c),
      );
      return output;
    }),
    keepfitUpdate(tools),
  ];
}

/** Compiles each program once, on tfjs' memory: it survives the growth of the heap and takes none of it. */
function keepfitUpdate(tools: SimdTools): tf.KernelConfig {
  const { heap } = tools;
  const compiled = new WeakMap<UpdateAttrs['program'], CompiledProgram>();
  return createSimdKernel<UpdateInputs, UpdateAttrs>('KeepfitUpdate', tools, (inputs, attrs) => {
    const { program, tensors } = checkUpdateCall(inputs, attrs);
    const run = compiled.get(program) ?? compileProgram(program, heap.memory);
    compiled.set(program, run);
    const outputs = program.results.map(() => heap.output(tensors[0].shape));
    run(...[...tensors, ...outputs].map(heap.address), countElements(tensors[0]) * 4, ...attrs.numbers);
    return outputs;
  });
}

type Five = [number, number, number, number, number];
type Seven = [...Five, number, number];

interface AdamAttrs {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly learningRate: number;
}

interface RmspropAttrs {
  readonly decay: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly learningRate: number;
}

function countElements({ shape }: tf.TensorInfo): number {
  return tf.util.sizeFromShape(shape);
}

function readScalar(heap: SimdTools['heap'], scalar: tf.TensorInfo): number {
  return heap.floats(scalar)[0] ?? Number.NaN;
}
