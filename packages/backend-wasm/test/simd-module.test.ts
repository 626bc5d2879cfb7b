import { expect, test } from 'vitest';
import { simdModule } from '../src/simd/simd-module.js';

test('the module brings no memory and no data of its own to the heap of tfjs', async () => {
  for (const shared of [false, true]) {
    const module = await WebAssembly.compile(Buffer.from(simdModule(shared), 'base64'));
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }]);
    expect(WebAssembly.Module.exports(module).every(({ kind }) => kind === 'function')).toBe(true);
    expect(sections(Buffer.from(simdModule(shared), 'base64'))).not.toContain(11);
  }
});

/** The numbers of the module's sections; 11 is the data section. */
function sections(bytes: Uint8Array): number[] {
  const found: number[] = [];
  for (let at = 8; at < bytes.length;) {
    found.push(bytes[at++] ?? 0);
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] ?? 0;
      size |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    at += size;
  }
  return found;
}
