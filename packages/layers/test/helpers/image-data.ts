import { CLASSES, SIDE } from './build-convnet.js';

interface Shaped {
  readonly data: Float32Array;
  readonly shape: number[];
}

/** Images of no meaning that repeat, [samples, 5, 5, 1], and classes as one-hot rows, [samples, 3]. */
export function imageData(samples: number): { x: Shaped; y: Shaped } {
  const pixels = SIDE * SIDE;
  const x = Float32Array.from(
    { length: samples * pixels },
    (_, index) => ((index * 7919 + 13) % 1009) / 1009,
  );
  const y = new Float32Array(samples * CLASSES);
  for (let sample = 0; sample < samples; sample++) y[sample * CLASSES + (((sample * 5) % 7) % CLASSES)] = 1;
  return { x: { data: x, shape: [samples, SIDE, SIDE, 1] }, y: { data: y, shape: [samples, CLASSES] } };
}
