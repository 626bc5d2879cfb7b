export { createKernelConfig } from './js-kernel.js';
export { jsKernels } from './js-kernels.js';
export { compileProgram } from './update/compile-program.js';
export { checkUpdateCall } from './update/update-call.js';

export type { Memory } from './memory.js';
export type { JsKernel } from './js-kernel.js';
export type { Values } from './memory.js';
export type { CompiledProgram } from './update/compile-program.js';
export type { UpdateOp, UpdateProgram } from './update/program.js';
export type { UpdateAttrs, UpdateInputs } from './update/update-call.js';
