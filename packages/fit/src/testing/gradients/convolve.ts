import { countCells, type Values } from './values.js';
import { type Axis, getAxis, visitWindows, type Windows } from './windows.js';

/**
 * Convolution in any number of dimensions: x is [samples, ...space, inputs], filter is [...space, inputs,
 * outputs].
 */
export function convolve(x: Values, filter: Values, windows: Windows): Values {
  const { axes, samples, inputs, outputs } = getLayout(x.shape, filter.shape, windows);
  const y = new Float64Array(samples * countCells(axes.map((axis) => axis.outputs)) * outputs);
  visitTaps(x.shape, filter.shape, windows, (from, weight, to) => {
    for (let i = 0; i < inputs; i++) {
      for (let o = 0; o < outputs; o++)
        y[to + o] = (y[to + o] ?? 0) + (x.data[from + i] ?? 0) * (filter.data[weight + i * outputs + o] ?? 0);
    }
  });
  return { shape: [samples, ...axes.map((axis) => axis.outputs), outputs], data: y };
}

/**
 * The transposed convolution, which is the gradient of `convolve`. Its filter is [...space, outputs, inputs].
 */
export function convolveBack(y: Values, filter: Values, shape: readonly number[], windows: Windows): Values {
  const { inputs, outputs } = getLayout(shape, filter.shape, windows);
  const x = new Float64Array(countCells(shape));
  visitTaps(shape, filter.shape, windows, (from, weight, to) => {
    for (let i = 0; i < inputs; i++) {
      for (let o = 0; o < outputs; o++)
        x[from + i] =
          (x[from + i] ?? 0) + (y.data[to + o] ?? 0) * (filter.data[weight + i * outputs + o] ?? 0);
    }
  });
  return { shape, data: x };
}

/** Convolves each channel separately: filter is [...space, channels, multiplier]. */
export function convolveByChannel(x: Values, filter: Values, windows: Windows): Values {
  const { axes, samples, inputs: channels, outputs: times } = getLayout(x.shape, filter.shape, windows);
  const y = new Float64Array(samples * countCells(axes.map((axis) => axis.outputs)) * channels * times);
  visitTaps(x.shape, filter.shape, windows, (from, weight, to) => {
    for (let c = 0; c < channels; c++) {
      for (let m = 0; m < times; m++) {
        const at = to * channels + c * times + m;
        y[at] = (y[at] ?? 0) + (x.data[from + c] ?? 0) * (filter.data[weight + c * times + m] ?? 0);
      }
    }
  });
  return { shape: [samples, ...axes.map((axis) => axis.outputs), channels * times], data: y };
}

function getLayout(x: readonly number[], filter: readonly number[], windows: Windows) {
  const axes: Axis[] = x
    .slice(1, -1)
    .map((length, axis) => getAxis(axis, length, filter[axis] ?? 1, windows));
  const [inputs = 1, outputs = 1] = filter.slice(-2);
  return { axes, samples: x[0] ?? 1, inputs, outputs };
}

function visitTaps(
  xShape: readonly number[],
  filterShape: readonly number[],
  windows: Windows,
  visit: (from: number, weight: number, to: number) => void,
): void {
  const { axes, samples, inputs, outputs } = getLayout(xShape, filterShape, windows);
  const [cells, places] = [
    countCells(axes.map((axis) => axis.inputs)),
    countCells(axes.map((axis) => axis.outputs)),
  ];
  for (let sample = 0; sample < samples; sample++) {
    visitWindows(axes, (output, cell, input) => {
      visit((sample * cells + input) * inputs, cell * inputs * outputs, (sample * places + output) * outputs);
    });
  }
}
