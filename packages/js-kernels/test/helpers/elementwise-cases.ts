import { type KernelCase, sizeOf } from './kernel-case.js';
import { numbers } from './numbers.js';

const binary: Record<string, (a: number, b: number) => number> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Multiply: (a, b) => a * b,
  RealDiv: (a, b) => a / b,
  Maximum: Math.max,
  Minimum: Math.min,
  SquaredDifference: (a, b) => (a - b) ** 2,
  Greater: (a, b) => +(a > b),
  GreaterEqual: (a, b) => +(a >= b),
  Less: (a, b) => +(a < b),
  LessEqual: (a, b) => +(a <= b),
};

const unary: Record<string, (x: number) => number> = {
  Relu: (x) => (x < 0 ? 0 : x),
  Relu6: (x) => (x < 0 ? 0 : x > 6 ? 6 : x),
  Step: (x) => (Number.isNaN(x) ? NaN : x > 0 ? 1 : 0.25),
  Square: (x) => x * x,
  Sqrt: Math.sqrt,
  Rsqrt: (x) => 1 / Math.sqrt(x),
  Neg: (x) => -x,
  Exp: Math.exp,
  Log: Math.log,
  Sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  Tanh: Math.tanh,
};

const SHAPES = [
  [[7], [7]],
  [[], []],
  [[2, 3, 4], [4]],
  [
    [2, 3, 4],
    [3, 1],
  ],
  [[4], [2, 3, 4]],
  [[2, 3, 4], []],
  [
    [2, 1, 4],
    [1, 3, 1],
  ],
  [
    [3, 1],
    [2, 1, 4],
  ],
  [[0, 3], [3]],
] as const;

/** Elementwise operations, over broadcast shapes and with NaN. */
export function elementwiseCases(): KernelCase[] {
  const x = Float32Array.of(-2, -0.5, 0, 0.5, 3, NaN, Infinity, -Infinity);
  return [
    ...Object.entries(binary).flatMap(([kernelName, compute]) => [
      ...SHAPES.map(([a, b]) => broadcast(kernelName, compute, [...a], [...b])),
      {
        name: `${kernelName}: not numbers`,
        kernelName,
        inputs: {
          a: { shape: [4], values: [NaN, 1, NaN, -1] },
          b: { shape: [4], values: [1, NaN, NaN, Infinity] },
        },
        attributes: {},
        expected: {
          shape: [4],
          values: [compute(NaN, 1), compute(1, NaN), compute(NaN, NaN), compute(-1, Infinity)],
        },
      },
    ]),
    ...Object.entries(unary).map(([kernelName, compute]) => ({
      name: `${kernelName}: both signs, infinite and not a number`,
      kernelName,
      inputs: { x: { shape: [8], values: x } },
      attributes: kernelName === 'Step' ? { alpha: 0.25 } : {},
      expected: { shape: [8], values: Array.from(x, compute) },
    })),
    {
      name: 'ClipByValue: both sides, and not a number',
      kernelName: 'ClipByValue',
      inputs: { x: { shape: [8], values: x } },
      attributes: { clipValueMin: -1, clipValueMax: 2 },
      expected: { shape: [8], values: [-1, -0.5, 0, 0.5, 2, NaN, 2, -1] },
    },
    {
      name: 'ClipByValue: integers',
      kernelName: 'ClipByValue',
      inputs: { x: { shape: [3], values: [1, 5, -7], dtype: 'int32' } },
      attributes: { clipValueMin: -2, clipValueMax: 3 },
      expected: { shape: [3], values: [1, 3, -2] },
    },
  ];
}

function broadcast(
  kernelName: string,
  compute: (a: number, b: number) => number,
  aShape: number[],
  bShape: number[],
): KernelCase {
  const a = { shape: aShape, values: numbers(sizeOf(aShape), 1) };
  const b = { shape: bShape, values: numbers(sizeOf(bShape), 2) };
  const rank = Math.max(aShape.length, bShape.length);
  const full = (shape: number[]) => [...new Array<number>(rank - shape.length).fill(1), ...shape];
  const shape = full(aShape).map((size, axis) => (size === 1 ? full(bShape)[axis]! : size));
  const pick = (own: number[], values: Float32Array, offset: number) => {
    let at = 0;
    let step = 1;
    for (let axis = rank - 1; axis >= 0; axis--) {
      if (own[axis]! > 1) at += (offset % shape[axis]!) * step;
      step *= own[axis]!;
      offset = Math.floor(offset / shape[axis]!);
    }
    return values[at]!;
  };
  const values = Array.from({ length: sizeOf(shape) }, (_, at) =>
    compute(pick(full(aShape), a.values, at), pick(full(bShape), b.values, at)),
  );
  return {
    name: `${kernelName}: [${aShape}] and [${bShape}]`,
    kernelName,
    inputs: { a, b },
    attributes: {},
    expected: { shape, values },
  };
}
