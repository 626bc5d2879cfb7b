import { expect, test } from 'vitest';
import { compileProgram, type UpdateProgram } from '../src/index.js';

test('compiles a program for a shared memory, as of threads', () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true });
  const program: UpdateProgram = { tensors: 1, numbers: 1, instructions: [['mul', 0, 1]], results: [2] };
  new Float32Array(memory.buffer).set([1, 2, 3, 4, 5]);
  compileProgram(program, memory)(0, 32, 20, 0.5);
  expect([...new Float32Array(memory.buffer, 32, 6)]).toEqual([0.5, 1, 1.5, 2, 2.5, 0]);
});

test('compiles as many values as a program may have', () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const [tensors, numbers] = [200, 200];
  const instructions = Array.from({ length: 399 }, (_, index) => {
    return ['add', index === 0 ? 0 : 399 + index, index + 1] as const;
  });
  const results = Array.from({ length: 400 }, () => 798);
  const run = compileProgram({ tensors, numbers, instructions, results }, memory);
  new Float32Array(memory.buffer).fill(1, 0, 200);
  const addresses = Array.from({ length: 600 }, (_, index) => 4 * index);
  run(...addresses, 4, ...Array.from({ length: 200 }, () => 2));
  expect([...new Float32Array(memory.buffer, 800, 401)]).toEqual([...Array(400).fill(600), 0]);
});
