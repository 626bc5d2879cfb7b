// In a process of its own, because it fakes an engine without SIMD.
// @vitest-environment node
// @vitest-environment-options {"process": "kernels-name"}
import '@tensorflow/tfjs-backend-cpu';
import { type Backend, fingerprintMath, useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, test, vi } from 'vitest';
import { wasmBackend } from '../src/index.js';

const otherBackend: Backend = {
  ...{ name: 'cpu', kernels: 'stock', start: () => tf.setBackend('cpu'), stop() {} },
};

afterEach(async () => {
  vi.restoreAllMocks();
  await useBackend(otherBackend);
  removeWasm();
  delete tf.env().getFlags()['WASM_HAS_SIMD_SUPPORT'];
});

/** Makes tfjs choose among its .wasm files again. */
function removeWasm(): void {
  const create = tf.findBackendFactory('wasm');
  tf.removeBackend('wasm');
  tf.registerBackend('wasm', create);
}

const { validate } = WebAssembly;

/** Starts the backend in an engine whose WebAssembly has no SIMD, for keepfit's module, or for tfjs too. */
async function startWithoutSimd(tfjsHasIt: boolean): Promise<string> {
  tf.env().set('WASM_HAS_SIMD_SUPPORT', tfjsHasIt);
  vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
  return (await useBackend(wasmBackend())).kernels;
}

test('names SIMD, because it rounds differently', async () => {
  expect((await useBackend(wasmBackend())).kernels).toBe('keepfit-wasm 4, SIMD');
});

test("without SIMD JavaScript computes, and the engine's Math is named", async () => {
  expect(await startWithoutSimd(false)).toBe(`keepfit-wasm 4, no SIMD, ${fingerprintMath()}`);
});

test("names tfjs' own SIMD where only one of both has it: its sigmoid rounds differently", async () => {
  expect(await startWithoutSimd(true)).toBe(`keepfit-wasm 4, no SIMD, ${fingerprintMath()}, tfjs with SIMD`);
  vi.restoreAllMocks();
  expect(WebAssembly.validate).toBe(validate);
});

test('without SIMD sigmoid and tanh have other bits', async () => {
  const x = Float32Array.from({ length: 999 }, (_, i) => Math.fround((i - 500) / 97));
  const bits = (): Int32Array =>
    tf.tidy(() => {
      const values = tf.concat([tf.sigmoid(tf.tensor1d(x)), tf.tanh(tf.tensor1d(x))]).dataSync();
      return new Int32Array(Float32Array.from(values).buffer);
    });
  await useBackend(wasmBackend());
  const withSimd = bits();
  await useBackend(otherBackend);
  removeWasm();
  await startWithoutSimd(false);
  expect(bits()).not.toEqual(withSimd);
});

test('an image with the channels first is convolved without the Math of the engine', async () => {
  await useBackend(wasmBackend());
  const exp = vi.spyOn(Math, 'exp');
  const x = tf.tensor4d([1, -2, 3, -4], [1, 1, 2, 2]);
  const filter = tf.tensor4d([1], [1, 1, 1, 1]);
  for (const activation of ['sigmoid', 'elu'] as const) {
    const fused = { x, filter, strides: 1, pad: 'valid', dataFormat: 'NCHW', activation } as const;
    const y = tf.engine().runKernel(tf.FusedConv2D, { x, filter }, {
      ...fused,
      dilations: 1,
    } as unknown as tf.NamedAttrMap) as tf.Tensor;
    const wanted = (activation === 'elu' ? tf.elu(x) : tf.sigmoid(x)).dataSync();
    expect([...y.dataSync()]).toEqual([...wanted]);
  }
  expect(exp).not.toHaveBeenCalled();
});
