import { type Given, type KernelCase, sizeOf } from './kernel-case.js';
import { numbers } from './numbers.js';

const SIZES = [
  [1, 1, 1],
  [2, 3, 5],
  [4, 8, 4],
  [33, 6, 130],
  [131, 5, 7],
  [3, 261, 2],
  [5, 2, 300],
] as const;

/**
 * Matrix products: every transposition over odd sizes and beyond the blocks, stacks that broadcast, and the
 * operations that tfjs fuses with them.
 */
export function matrixCases(): KernelCase[] {
  const cases: KernelCase[] = [];
  for (const transposeA of [false, true]) {
    for (const transposeB of [false, true]) {
      for (const [rows, columns, length] of SIZES)
        cases.push(product([1], [1], rows, columns, length, transposeA, transposeB));
      cases.push(product([3], [3], 5, 6, 7, transposeA, transposeB));
      cases.push(product([3], [1], 5, 6, 7, transposeA, transposeB));
      cases.push(product([2, 1], [1, 3], 2, 3, 4, transposeA, transposeB));
    }
  }
  return [...cases, ...fusedCases()];
}

function product(
  aOuter: number[],
  bOuter: number[],
  rows: number,
  columns: number,
  length: number,
  transposeA: boolean,
  transposeB: boolean,
): KernelCase {
  const a = given([...aOuter, ...(transposeA ? [length, rows] : [rows, length])], 1);
  const b = given([...bOuter, ...(transposeB ? [columns, length] : [length, columns])], 2);
  const outer = aOuter.map((size, axis) => Math.max(size, bOuter[axis]!));
  const expected = {
    shape: [...outer, rows, columns],
    values: new Float64Array(sizeOf(outer) * rows * columns),
  };
  for (let at = 0; at < expected.values.length; at++) {
    const column = at % columns;
    const row = Math.floor(at / columns) % rows;
    const batch = Math.floor(at / columns / rows);
    const left = stackOf(batch, outer, aOuter) * rows * length;
    const right = stackOf(batch, outer, bOuter) * length * columns;
    for (let k = 0; k < length; k++) {
      expected.values[at]! +=
        a.values[left + (transposeA ? k * rows + row : row * length + k)]! *
        b.values[right + (transposeB ? column * length + k : k * columns + column)]!;
    }
  }
  const name = `BatchMatMul: [${a.shape}]${transposeA ? 'ᵀ' : ''} × [${b.shape}]${transposeB ? 'ᵀ' : ''}`;
  return {
    name,
    kernelName: 'BatchMatMul',
    inputs: { a, b },
    attributes: { transposeA, transposeB },
    expected,
  };
}

function stackOf(batch: number, outer: readonly number[], own: readonly number[]): number {
  let stack = 0;
  let rest = batch;
  let step = 1;
  for (let axis = outer.length - 1; axis >= 0; axis--) {
    if (own[axis]! > 1) stack += (rest % outer[axis]!) * step;
    step *= own[axis]!;
    rest = Math.floor(rest / outer[axis]!);
  }
  return stack;
}

const given = (shape: number[], seed: number): Given & { values: Float32Array } => ({
  shape,
  values: numbers(sizeOf(shape), seed),
});

const activations: Record<string, (value: number, slope: number) => number> = {
  linear: (value) => value,
  relu: (value) => Math.max(value, 0),
  relu6: (value) => Math.min(Math.max(value, 0), 6),
  elu: (value) => (value >= 0 ? value : Math.expm1(value)),
  sigmoid: (value) => 1 / (1 + Math.exp(-value)),
  leakyrelu: (value) => (value >= 0 ? value : 0.3 * value),
  prelu: (value, slope) => (value >= 0 ? value : slope * value),
};

/** A product with a bias and each activation, and a convolution likewise, with channels last and first. */
function fusedCases(): KernelCase[] {
  const bias = given([5], 7);
  const slopes = given([5], 8);
  return Object.entries(activations).flatMap(([activation, compute]) => {
    const finish = (plain: Given, channel: (at: number) => number) => ({
      shape: plain.shape,
      values: Array.from(plain.values, (value, at) =>
        compute(value * 8 + bias.values[channel(at)]!, slopes.values[channel(at)]!),
      ),
    });
    const { inputs, attributes, expected } = product([1], [1], 4, 5, 3, false, true);
    const eight = (tensor: Given) => ({
      ...tensor,
      values: Float32Array.from(tensor.values, (value) => value * 8),
    });
    const more = { bias, preluActivationWeights: slopes };
    const fused = { activation, leakyreluAlpha: 0.3 };
    return [
      {
        name: `_FusedMatMul: bias and ${activation}`,
        kernelName: '_FusedMatMul',
        inputs: { a: eight(inputs['a']!), b: inputs['b']!, ...more },
        attributes: { ...attributes, ...fused },
        expected: finish(expected as Given, (at) => at % 5),
      },
      ...(['NHWC', 'NCHW'] as const).map((dataFormat) => fusedPoint(dataFormat, fused, more, finish)),
    ];
  });
}

/** A convolution by a filter of one value, which is a product at each pixel. */
function fusedPoint(
  dataFormat: 'NHWC' | 'NCHW',
  fused: { activation: string },
  more: Record<string, Given>,
  finish: (plain: Given, channel: (at: number) => number) => Given,
): KernelCase {
  const last = dataFormat === 'NHWC';
  const x = given(last ? [2, 3, 2, 4] : [2, 4, 3, 2], 1);
  const filter = given([1, 1, 4, 5], 2);
  const plain = { shape: last ? [2, 3, 2, 5] : [2, 5, 3, 2], values: new Float64Array(60) };
  const channel = (at: number) => (last ? at % 5 : Math.floor(at / 6) % 5);
  plain.values.forEach((_, at) => {
    for (let from = 0; from < 4; from++) {
      const place = last ? Math.floor(at / 5) * 4 + from : Math.floor(at / 30) * 24 + from * 6 + (at % 6);
      plain.values[at]! += x.values[place]! * filter.values[from * 5 + channel(at)]!;
    }
  });
  return {
    name: `FusedConv2D: ${dataFormat}, bias and ${fused.activation}`,
    kernelName: 'FusedConv2D',
    inputs: { x: { ...x, values: x.values.map((value) => value * 8) }, filter, ...more },
    attributes: { strides: [1, 1], dilations: [1, 1], pad: 'valid', dataFormat, ...fused },
    expected: finish(plain, channel),
  };
}
