import type { UpdateOp, UpdateProgram } from './program.js';

/**
 * A program as a function of a WebAssembly memory: the addresses of the tensors and of the results, the length of
 * each in bytes, and the numbers.
 */
export type CompiledProgram = (...parameters: number[]) => void;

/**
 * Compiles a program to a small WebAssembly function. One loop reads each tensor once, keeps all values between in
 * SIMD registers, and writes each result once. Its arithmetic is that of single precision on every machine. The program was checked.
 *
 * @throws Error when the engine or the page's security policy refuses the function.
 */
export function compileProgram(program: UpdateProgram, memory: WebAssembly.Memory): CompiledProgram {
  const isShared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
  const module = new WebAssembly.Module(Uint8Array.from(emitModule(program, isShared)));
  return new WebAssembly.Instance(module, { env: { memory } }).exports['run'] as CompiledProgram;
}

type Code = readonly number[];

const [I32, F32, V128] = [0x7f, 0x7d, 0x7b];
const [SECTION_TYPE, SECTION_IMPORT, SECTION_FUNCTION, SECTION_EXPORT, SECTION_CODE] = [1, 2, 3, 7, 10];

/** See the binary format in the WebAssembly specification, https://webassembly.github.io/spec/core/binary. */
function emitModule(program: UpdateProgram, isShared: boolean): number[] {
  const { tensors, numbers, results } = program;
  const addresses = tensors + results.length;
  const parameters = [...repeat(I32, addresses + 1), ...repeat(F32, numbers)];
  const limits = isShared ? [3, ...encode(1), ...encode(65_536)] : [0, 0];
  return [
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(SECTION_TYPE, [1, 0x60, ...list(parameters), 0]),
    ...section(SECTION_IMPORT, [1, ...name('env'), ...name('memory'), 2, ...limits]),
    ...section(SECTION_FUNCTION, [1, 0]),
    ...section(SECTION_EXPORT, [1, ...name('run'), 0, 0]),
    ...section(SECTION_CODE, [1, ...list(emitFunction(program))]),
  ];
}

function emitFunction({ tensors, numbers, instructions, results }: UpdateProgram): number[] {
  const byteLength = tensors + results.length;
  const i = byteLength + 1 + numbers;
  const end = i + 1;
  // One local for each value: tensors, numbers, and what the instructions compute.
  const valueAt = end + 1;
  const values = tensors + numbers + instructions.length;
  const address = (parameter: number) => [...get(parameter), ...get(i), 0x6a];

  const emitBody = (load: Code, store: Code): number[] => [
    ...flatMap(tensors, (tensor) => [...address(tensor), ...load, ...set(valueAt + tensor)]),
    ...instructions.flatMap(([op, a, b], index) => [
      ...EMIT[op](get(valueAt + a), get(valueAt + b)),
      ...set(valueAt + tensors + numbers + index),
    ]),
    ...results.flatMap((value, index) => [...address(tensors + index), ...get(valueAt + value), ...store]),
  ];
  const emitLoop = (until: number, step: number, body: Code): number[] => [
    ...[0x02, 0x40, 0x03, 0x40], // block, loop
    ...[...get(i), ...get(until), 0x4f, 0x0d, 1], // leave the block if i >= until
    ...body,
    ...[...get(i), 0x41, step, 0x6a, ...set(i), 0x0c, 0], // i += step, and again
    ...[0x0b, 0x0b],
  ];
  return [
    ...[2, 2, I32, ...encode(values), V128],
    ...[...get(byteLength), 0x41, 0x70, 0x71, ...set(end)], // end = byteLength & -16
    ...flatMap(numbers, (number) => [
      ...[...get(byteLength + 1 + number), ...simd(SPLAT)],
      ...set(valueAt + tensors + number),
    ]),
    ...emitLoop(end, 16, emitBody([...simd(0x00), 2, 0], [...simd(0x0b), 2, 0])),
    // The last elements one by one, in the first lane.
    ...emitLoop(byteLength, 4, emitBody([...simd(0x09), 2, 0], [...simd(0x5a), 2, 0, 0])),
    0x0b,
  ];
}

const SPLAT = 0x13;
// Written out, because nothing may run when the module is loaded.
const ONE = [0x43, 0x00, 0x00, 0x80, 0x3f, 0xfd, SPLAT];
const MINUS_ONE = [0x43, 0x00, 0x00, 0x80, 0xbf, 0xfd, SPLAT];
const ZERO = [0x43, 0x00, 0x00, 0x00, 0x00, 0xfd, SPLAT];
const [NOT_EQUAL, LESS, GREATER, AND, OR] = [0x42, 0x43, 0x44, 0x4e, 0x50];

const EMIT: Readonly<Record<UpdateOp, (a: Code, b: Code) => number[]>> = {
  add: (a, b) => [...a, ...b, ...simd(0xe4)],
  sub: (a, b) => [...a, ...b, ...simd(0xe5)],
  mul: (a, b) => [...a, ...b, ...simd(0xe6)],
  div: (a, b) => [...a, ...b, ...simd(0xe7)],
  min: (a, b) => [...a, ...b, ...simd(0xe8)],
  max: (a, b) => [...a, ...b, ...simd(0xe9)],
  abs: (a) => [...a, ...simd(0xe0)],
  sqrt: (a) => [...a, ...simd(0xe3)],
  // 1 if a > 0, -1 if a < 0, a itself if it is not a number, else 0.
  sign: (a) => [
    ...[...a, ...ZERO, ...simd(GREATER), ...ONE, ...simd(AND)],
    ...[...a, ...ZERO, ...simd(LESS), ...MINUS_ONE, ...simd(AND), ...simd(OR)],
    ...[...a, ...a, ...simd(NOT_EQUAL), ...a, ...simd(AND), ...simd(OR)],
  ],
};

function get(local: number): number[] {
  return [0x20, ...encode(local)];
}

function set(local: number): number[] {
  return [0x21, ...encode(local)];
}

function simd(operation: number): number[] {
  return [0xfd, ...encode(operation)];
}

function section(id: number, content: Code): number[] {
  return [id, ...list(content)];
}

function list(items: Code): number[] {
  return [...encode(items.length), ...items];
}

function name(text: string): number[] {
  return list(Array.from(text, (character) => character.charCodeAt(0)));
}

/** An unsigned number in LEB128. */
function encode(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...encode(Math.floor(value / 128))];
}

function repeat(item: number, count: number): number[] {
  return flatMap(count, () => [item]);
}

function flatMap(count: number, emit: (index: number) => Code): number[] {
  return Array.from({ length: count }, (_, index) => emit(index)).flat();
}
