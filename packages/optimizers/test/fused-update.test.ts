import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { Optimizer, type UpdateOp, type UpdateProgram } from '../src/index.js';
import { allOptions, creators, createWeights, readValues, trainSteps } from './helpers/train.js';

const KERNEL = 'KeepfitUpdate';
const compute: Readonly<Record<UpdateOp, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  max: Math.max,
  min: Math.min,
  sqrt: Math.sqrt,
  abs: Math.abs,
  sign: Math.sign,
};
let calls = 0;

/** The kernel as its contract says, element by element. */
function runProgram({
  inputs,
  attrs,
}: {
  inputs: tf.NamedTensorInfoMap;
  attrs?: tf.NamedAttrMap;
}): tf.TensorInfo[] {
  calls++;
  const { program, numbers } = attrs as unknown as { program: UpdateProgram; numbers: readonly number[] };
  const tensors = Array.from({ length: program.tensors }, (_, at) => inputs[`t${at}`]!);
  const size = tf.util.sizeFromShape(tensors[0]!.shape);
  const values = tensors.map(({ dataId }) => tf.engine().readSync(dataId) as Float32Array);
  expect(numbers).toHaveLength(program.numbers);
  const results = program.results.map(() => new Float32Array(size));
  for (let at = 0; at < size; at++) {
    const known = [...values.map((list) => list[at]!), ...numbers.map(Math.fround)];
    for (const [op, a, b] of program.instructions)
      known.push(Math.fround(compute[op](known[a]!, known[b] ?? NaN)));
    program.results.forEach((value, index) => (results[index]![at] = known[value]!));
  }
  return results.map((list) => tf.tensor(list, tensors[0]!.shape));
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

function train(create: () => Optimizer): number[][] {
  const weights = createWeights();
  const optimizer = create();
  trainSteps(optimizer, weights, 0, 4);
  const slots = Object.values(optimizer.readState()).filter((value) => typeof value !== 'number');
  const values = readValues([...weights, ...slots]);
  tf.dispose(weights);
  optimizer.dispose();
  return values;
}

function trainFused(create: () => Optimizer): { values: number[][]; calls: number } {
  calls = 0;
  tf.registerKernel({ kernelName: KERNEL, backendName: 'cpu', kernelFunc: runProgram as tf.KernelFunc });
  try {
    return { values: train(create), calls };
  } finally {
    tf.unregisterKernel(KERNEL, 'cpu');
  }
}

test.each(['adamW', 'nadam', 'muon'])('the program of %s gives the bits of its plain ops', (name) => {
  const create = creators[name]!;
  for (const options of [allOptions, { clipnorm: 0.5, useEma: true }]) {
    const { values, calls: count } = trainFused(() => create(options));
    expect(values).toEqual(train(() => create(options)));
    expect(count).toBeGreaterThan(0);
  }
});

test('a class of your own that only says how a weight changes works, fused or with any op', () => {
  class Signs extends Optimizer {
    static className = 'Signs';
    constructor() {
      super({}, { learningRate: 0.01 });
    }
    protected override update(_: unknown, weight: tf.Tensor, gradient: tf.Tensor): Record<string, tf.Tensor> {
      return { weight: tf.sub(weight, tf.sign(gradient)) };
    }
  }
  const { values, calls: count } = trainFused(() => new Signs());
  expect([values, count]).toEqual([train(() => new Signs()), 0]);
});
