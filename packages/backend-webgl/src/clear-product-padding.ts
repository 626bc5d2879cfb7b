import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';

type Run = MathBackendWebGL['runWebGLProgram'];
type Program = Parameters<Run>[0];
type Inputs = Parameters<Run>[1];

/** The reads of tfjs' shader for products of matrices: two rows and columns at once, in x, y and z, w. */
const READS = /vec4 a = getMatrixA\(batchA, (.+)\);\s+vec4 b = getMatrixB\(batchB, (.+)\);/;

/**
 * Makes products of matrices, and convolutions by them, leave out what lies beyond an odd inner axis. tfjs packs
 * 2 × 2 values in a cell, and operations such as `exp` compute the rest of the last cells too. Its products add
 * these: 1 for `exp`, or NaN for Infinity times 0.
 */
export function clearProductPadding(gpu: MathBackendWebGL): () => void {
  const run = gpu.runWebGLProgram;
  gpu.runWebGLProgram = (program, inputs, ...rest) =>
    run.call(gpu, clearPadding(program, inputs), inputs, ...rest);
  return () => void (gpu.runWebGLProgram = run);
}

/** The program is new for each call, and tfjs caches shaders by their text. */
function clearPadding(program: Program, [a]: Inputs): Program {
  const reads = READS.exec(program.userCode);
  if (reads === null || a === undefined) return program;
  const [text, readOfA, readOfB] = reads;
  // Whether the inner axis is that of the columns.
  const [byColumns, byRows] = [readOfA?.endsWith('i * 2'), readOfB?.startsWith('i * 2')];
  const inner = a.shape.at(byColumns ? -1 : -2) ?? 0;
  if (inner % 2 === 0) return program;
  const clear = `if (i == ${(inner - 1) / 2}) {
            a.${byColumns ? 'yw' : 'zw'} = vec2(0);
            b.${byRows ? 'zw' : 'yw'} = vec2(0);
          }`;
  program.userCode = program.userCode.replace(text, `${text}\n          ${clear}`);
  return program;
}
