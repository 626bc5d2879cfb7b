import type { PooledWindow } from '@keepfit/gpu-kernels';
import type { GPGPUProgram } from '@tensorflow/tfjs-backend-webgl';

/**
 * For each input value: the sum of the output gradients of those windows in which it is the first of the
 * largest.
 */
export function createFirstMaxProgram({
  inShape,
  outShape,
  filter,
  strides,
  pads,
}: PooledWindow): GPGPUProgram {
  const [, inDepth, inHeight, inWidth] = inShape;
  const [, outDepth, outHeight, outWidth] = outShape;
  const [depth, height, width] = filter;
  return {
    variableNames: ['x', 'dy'],
    outputShape: [...inShape],
    userCode: `
      const ivec3 inside = ivec3(${inDepth}, ${inHeight}, ${inWidth});
      const ivec3 windows = ivec3(${outDepth}, ${outHeight}, ${outWidth});
      const ivec3 strides = ivec3(${strides.join(', ')});
      const ivec3 pads = ivec3(${pads.join(', ')});

      bool isFirstMax(int batch, int channel, ivec3 corner, ivec3 own, float value) {
        for (int d = 0; d < ${depth}; d++) {
          for (int r = 0; r < ${height}; r++) {
            for (int c = 0; c < ${width}; c++) {
              ivec3 at = corner + ivec3(d, r, c);
              if (any(lessThan(at, ivec3(0))) || any(greaterThanEqual(at, inside))) continue;
              float other = getX(batch, at.x, at.y, at.z, channel);
              bool before = at.x < own.x || (at.x == own.x && (at.y < own.y || (at.y == own.y && at.z < own.z)));
              if (other > value || (before && other == value)) return false;
            }
          }
        }
        return true;
      }

      void main() {
        ivec5 coords = getOutputCoords();
        ivec3 own = ivec3(coords.y, coords.z, coords.w);
        float value = getX(coords.x, own.x, own.y, own.z, coords.u);
        float sum = 0.0;
        for (int d = 0; d < ${depth}; d++) {
          for (int r = 0; r < ${height}; r++) {
            for (int c = 0; c < ${width}; c++) {
              ivec3 corner = own + pads - ivec3(d, r, c);
              if (any(lessThan(corner, ivec3(0)))) continue;
              ivec3 window = corner / strides;
              if (window * strides != corner || any(greaterThanEqual(window, windows))) continue;
              if (isFirstMax(coords.x, coords.u, corner - pads, own, value)) {
                sum += getDy(coords.x, window.x, window.y, window.z, coords.u);
              }
            }
          }
        }
        setOutput(sum);
      }
    `,
  };
}
