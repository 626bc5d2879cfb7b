import type { Values } from '../memory.js';
import { type CompiledProgram, compileProgram } from './compile-program.js';
import { interpretProgram } from './interpret-program.js';
import type { UpdateProgram } from './program.js';

/** Elements that are computed at a time. The blocks of a program stay in the processor's cache. */
const BLOCK = 2048;
const BLOCK_BYTES = BLOCK * 4;
const PAGE_BYTES = 65_536;

/** A block of each tensor and each result, one after the other. */
let scratch: WebAssembly.Memory | undefined;
/** By program; undefined if this engine has no SIMD, or a page's security policy forbids WebAssembly. */
const compiled = new WeakMap<UpdateProgram, CompiledProgram | undefined>();

/**
 * Runs an update over arrays of one length. It computes in WebAssembly, block by block, and in JavaScript if there
 * is none: to the same bits. The program was checked, and equal programs are one object.
 */
export function runProgram(
  program: UpdateProgram,
  tensors: readonly Values[],
  numbers: readonly number[],
  results: readonly Float32Array[],
): void {
  const run = findCompiled(program);
  if (run === undefined || scratch === undefined) interpretProgram(program, tensors, numbers, results);
  else runInBlocks(run, scratch, tensors, numbers, results);
}

function findCompiled(program: UpdateProgram): CompiledProgram | undefined {
  if (!compiled.has(program)) compiled.set(program, tryToCompile(program));
  return compiled.get(program);
}

function tryToCompile(program: UpdateProgram): CompiledProgram | undefined {
  try {
    scratch ??= new WebAssembly.Memory({ initial: 1 });
    const pages = Math.ceil(((program.tensors + program.results.length) * BLOCK_BYTES) / PAGE_BYTES);
    const missing = pages - scratch.buffer.byteLength / PAGE_BYTES;
    if (missing > 0) scratch.grow(missing);
    return compileProgram(program, scratch);
  } catch {
    return undefined;
  }
}

function runInBlocks(
  run: CompiledProgram,
  { buffer }: WebAssembly.Memory,
  tensors: readonly Values[],
  numbers: readonly number[],
  results: readonly Float32Array[],
): void {
  const blocks = [...tensors, ...results].map(
    (_, index) => new Float32Array(buffer, index * BLOCK_BYTES, BLOCK),
  );
  const addresses = blocks.map(({ byteOffset }) => byteOffset);
  const length = results[0]?.length ?? 0;
  for (let begin = 0; begin < length; begin += BLOCK) {
    const end = Math.min(length, begin + BLOCK);
    tensors.forEach((values, index) => blocks[index]?.set(values.subarray(begin, end)));
    run(...addresses, (end - begin) * 4, ...numbers);
    results.forEach((result, index) => {
      const block = blocks[tensors.length + index] as Float32Array;
      result.set(end - begin === BLOCK ? block : block.subarray(0, end - begin), begin);
    });
  }
}
