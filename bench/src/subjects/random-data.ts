import type { ShapedData } from '@keepfit/fit';

/** Creates inputs of noise and one-hot targets, the same in every run. */
export function createRandomData(
  samples: number,
  features: readonly number[],
  classes: number,
): { x: ShapedData; y: ShapedData } {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const x = Float32Array.from(
    { length: samples * features.reduce((product, size) => product * size, 1) },
    random,
  );
  const y = new Float32Array(samples * classes);
  for (let row = 0; row < samples; row++) y[row * classes + Math.floor(random() * classes)] = 1;
  return { x: { data: x, shape: [samples, ...features] }, y: { data: y, shape: [samples, classes] } };
}
