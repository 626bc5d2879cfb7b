import { broadcastErrors, type KnownError } from './known-error.js';

export const webglErrors: readonly KnownError[] = [
  ...broadcastErrors,
  {
    kernels: ['FloorDiv'],
    what: 'rounds fractions before it divides',
    isHit: ({ inputs: { a } }) => a?.dtype === 'float32',
  },
];

export const webgpuErrors: readonly KnownError[] = [
  ...broadcastErrors,
  {
    kernels: ['PadV2'],
    what: 'gives wrong values for five dimensions',
    isHit: ({ inputs: { x } }) => (x?.shape.length ?? 0) > 4,
  },
  {
    kernels: ['Cumsum', 'Cumprod'],
    what: 'takes the length of another tensor if it runs in reverse',
    isHit: ({ attrs }) => attrs['reverse'] === true,
  },
];
