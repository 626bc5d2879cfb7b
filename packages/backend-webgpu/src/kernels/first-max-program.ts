import type { PooledWindow } from '@keepfit/gpu-kernels';
import type { WebGPUProgram } from '@tensorflow/tfjs-backend-webgpu';
import { createFlatProgram } from './flat-program.js';

/**
 * For each input value: the sum of the output gradients of those windows in which it is the first of the
 * largest.
 */
export function createFirstMaxProgram(window: PooledWindow): WebGPUProgram {
  // The sizes are in the code, so they must be in its name.
  return createFlatProgram(`FirstMax ${JSON.stringify(window)}`, ['x', 'dy'], [...window.inShape], () =>
    writeShader(window),
  );
}

function writeShader({ inShape, outShape, filter, strides, pads }: PooledWindow): string {
  const [, inDepth, inHeight, inWidth] = inShape;
  const [, outDepth, outHeight, outWidth] = outShape;
  const [depth, height, width] = filter;
  return `
    const inside = vec3<i32>(${inDepth}, ${inHeight}, ${inWidth});
    const windows = vec3<i32>(${outDepth}, ${outHeight}, ${outWidth});
    const strides = vec3<i32>(${strides.join(', ')});
    const pads = vec3<i32>(${pads.join(', ')});
    const nowhere = vec3<i32>(0);

    fn isFirstMax(batch : i32, channel : i32, corner : vec3<i32>, own : vec3<i32>, value : f32) -> bool {
      for (var d = 0; d < ${depth}; d++) {
        for (var r = 0; r < ${height}; r++) {
          for (var c = 0; c < ${width}; c++) {
            let at = corner + vec3<i32>(d, r, c);
            if (any(at < nowhere) || any(at >= inside)) { continue; }
            let other = getX(batch, at.x, at.y, at.z, channel);
            let before = at.x < own.x || (at.x == own.x && (at.y < own.y || (at.y == own.y && at.z < own.z)));
            if (other > value || (before && other == value)) { return false; }
          }
        }
      }
      return true;
    }

    fn main(index : i32) {
      if (index >= uniforms.size) { return; }
      let coords = getCoordsFromIndex(index);
      let own = vec3<i32>(coords.y, coords.z, coords.w);
      let value = getX(coords.x, own.x, own.y, own.z, coords.u);
      var sum = 0.0;
      for (var d = 0; d < ${depth}; d++) {
        for (var r = 0; r < ${height}; r++) {
          for (var c = 0; c < ${width}; c++) {
            let corner = own + pads - vec3<i32>(d, r, c);
            if (any(corner < nowhere)) { continue; }
            let at = corner / strides;
            if (any(at * strides != corner) || any(at >= windows)) { continue; }
            if (isFirstMax(coords.x, coords.u, corner - pads, own, value)) {
              sum += getDy(coords.x, at.x, at.y, at.z, coords.u);
            }
          }
        }
      }
      setOutputAtIndex(index, sum);
    }
  `;
}
