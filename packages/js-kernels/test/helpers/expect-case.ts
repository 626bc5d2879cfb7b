import { expect } from 'vitest';
import type { Given, KernelCase, RunKernel } from './kernel-case.js';

/**
 * Runs the kernel of a case and compares shapes, and values relative to the greatest of the expected ones.
 */
export function expectCase(
  run: RunKernel,
  { kernelName, inputs, attributes, expected, exact = false }: KernelCase,
  tolerance: number,
): void {
  const wanted = Array.isArray(expected) ? (expected as readonly Given[]) : [expected as Given];
  const outputs = run(kernelName, inputs, attributes);
  expect(outputs.map(({ shape }) => shape)).toEqual(wanted.map(({ shape }) => shape));
  wanted.forEach(({ values }, at) => {
    const got = Array.from(outputs[at]!.values);
    if (exact) return expect(got).toEqual(Array.from(values));
    const scale = Math.max(
      1,
      ...Array.from(values, (value) => (Number.isFinite(value) ? Math.abs(value) : 0)),
    );
    const off = got.findIndex(
      (value, i) =>
        !(
          Object.is(value, values[i]) ||
          value === values[i] ||
          Math.abs(value - values[i]!) <= tolerance * scale
        ),
    );
    expect(off === -1 ? 'all right' : `element ${off} is ${got[off]}, not ${values[off]}`).toBe('all right');
  });
}
