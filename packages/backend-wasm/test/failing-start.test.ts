// In a process of its own, in which no other file has started tfjs' backend.
// @vitest-environment node
// @vitest-environment-options {"process": "failing-start"}
import { useBackend } from '@keepfit/fit';
import { getKernelsForBackend } from '@tensorflow/tfjs-core';
import { expect, test, vi } from 'vitest';
import { wasmBackend } from '../src/index.js';

test('a start whose files are missing says so, and leaves no kernel behind', async () => {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  expect(setWasmPaths).toBeDefined();
  const before = getKernelsForBackend('wasm').length;
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const error = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const failure = await useBackend(wasmBackend({ paths: '/nowhere/at/all/' })).then(
    () => undefined,
    (reason: Error) => reason,
  );
  warn.mockRestore();
  error.mockRestore();
  expect(failure?.message).toMatch(/KEEPFIT_BACKEND_UNAVAILABLE/);
  expect(failure?.message).toMatch(/wasm backend did not start/);
  expect(getKernelsForBackend('wasm').length).toBe(before);
  expect(getKernelsForBackend('wasm').some(({ kernelName }) => kernelName.startsWith('Keepfit'))).toBe(false);
});
