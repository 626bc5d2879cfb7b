// @vitest-environment node
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import '@tensorflow/tfjs-backend-wasm';
import { version_wasm } from '@tensorflow/tfjs-backend-wasm';
import { afterEach, expect, test, vi } from 'vitest';
import { chooseFile, describeAnswer, findFile } from '../src/tfjs-files/find-files.js';

const installed = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
const bytes = readFileSync(join(installed, 'tfjs-backend-wasm-simd.wasm'));
const held = vi.hoisted(() => ({ packed: '' }));

// The build puts the file there.
vi.mock('../src/tfjs-files/simd.js', () => held);

afterEach(() => {
  held.packed = '';
  vi.unstubAllGlobals();
});

test('unpacks the file of the engine, byte for byte, to an address that tfjs can fetch', async () => {
  held.packed = gzipSync(bytes).toString('base64');
  expect(await chooseFile()).toBe('tfjs-backend-wasm-simd.wasm');
  const address = await findFile(version_wasm);
  expect(address).toMatch(/^blob:/);
  const response = await fetch(address!);
  expect(response.headers.get('content-type')).toBe('application/wasm');
  expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
});

test('leaves the search to tfjs with another release of tfjs', async () => {
  held.packed = gzipSync(bytes).toString('base64');
  expect(await findFile('4.23.0')).toBeUndefined();
});

test('leaves the search to tfjs in sources, which hold no file', async () => {
  expect(await findFile(version_wasm)).toBeUndefined();
});

test('leaves the search to tfjs if a policy forbids to fetch the address, or the engine cannot unpack', async () => {
  held.packed = gzipSync(bytes).toString('base64');
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('refused by the policy')));
  const revoke = vi.spyOn(URL, 'revokeObjectURL');
  expect(await findFile(version_wasm)).toBeUndefined();
  expect(revoke).toHaveBeenCalledWith(expect.stringMatching(/^blob:/));
  revoke.mockRestore();
  vi.unstubAllGlobals();
  vi.stubGlobal('DecompressionStream', undefined);
  expect(await findFile(version_wasm)).toBeUndefined();
});

test('says what a server answers instead of a file', async () => {
  const answers: Record<string, () => [number, string, string | Buffer]> = {
    '/missing': () => [404, 'text/html', 'nothing here'],
    '/app': () => [200, 'text/html', '<!doctype html>'],
    '/right': () => [200, 'text/plain', bytes],
  };
  const server = createServer(({ url }, response) => {
    const [status, type, body] = answers[url!]!();
    response.writeHead(status, { 'content-type': type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect(await describeAnswer(`${origin}/missing`)).toBe(`${origin}/missing answers 404`);
  expect(await describeAnswer(`${origin}/app`)).toBe(`${origin}/app is no .wasm file but text/html`);
  expect(await describeAnswer(`${origin}/right`)).toBeUndefined();
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
  expect(await describeAnswer(`${origin}/missing`)).toMatch(/missing cannot be fetched: TypeError/);
});
