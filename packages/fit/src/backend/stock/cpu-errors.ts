import { batchNormError, broadcastErrors, hasNan, type KnownError } from './known-error.js';

export const cpuErrors: readonly KnownError[] = [
  ...broadcastErrors,
  batchNormError,
  {
    kernels: ['ResizeNearestNeighborGrad'],
    what: 'mixes the images of a batch',
    isHit: ({ inputs: { images } }) => (images?.shape[0] ?? 1) > 1,
  },
  {
    kernels: ['ResizeBilinearGrad'],
    what: 'swaps height and width',
    isHit: ({ inputs: { images } }) => images?.shape[1] !== images?.shape[2],
  },
  {
    kernels: ['MaxPool', 'MaxPool3D'],
    what: 'loses NaN',
    isHit: (call) => hasNan(call, call.inputs['x']),
  },
];
