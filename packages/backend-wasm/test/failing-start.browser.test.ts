// In a page of its own, in which tfjs' backend fails.
import { useBackend } from '@keepfit/fit';
import { expect, test, vi } from 'vitest';
import { wasmBackend } from '../src/index.js';

test('a start in a page says what came instead of the file, and which option to correct', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const page = 'data:text/html,<p>no such file</p>';
  const paths = {
    'tfjs-backend-wasm.wasm': page,
    'tfjs-backend-wasm-simd.wasm': page,
  };
  const { message } = await useBackend(wasmBackend({ paths })).then(
    () => new Error('it started'),
    (reason: Error) => reason,
  );
  expect(message).toContain('KEEPFIT_BACKEND_UNAVAILABLE');
  expect(message).toContain('is no .wasm file but text/html');
  expect(message).toContain('option paths');
});
