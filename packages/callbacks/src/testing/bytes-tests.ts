import { assertRejects, assertStored, assertThat } from './assertions.js';
import { createContent, createBytes } from './contents.js';
import type { StoreKit } from './subjects.js';

const LARGE = 24 * 2 ** 20 + 1;

/**
 * A store returns the bytes it was given, whatever their size and chunks, and the caller of get owns them.
 */
export function testBytes(kit: StoreKit): void {
  testSizes(kit);
  testOwnership(kit);
  testLimit(kit);
}

function testSizes(kit: StoreKit): void {
  kit.test('bytes: an absent key is undefined', async ({ store }) => {
    assertThat((await store.get('absent')) === undefined, 'get of an absent key must give undefined');
  });
  for (const size of [0, 1, 3, 4097, 65_537].filter(
    (bytes) => bytes <= (kit.supports.maxBytes ?? Infinity),
  )) {
    kit.test(`bytes: keeps ${size} in one chunk`, async ({ store }) => {
      const bytes = createBytes(size, 1);
      const version = await store.set('backup', createContent(bytes));
      const found = await assertStored(store, 'backup', bytes, 'after set');
      assertThat(
        found.version === version,
        `get must give the version that set gave (${version}), but gave ${found.version}`,
      );
    });
  }
  kit.test('bytes: keeps many chunks of uneven sizes, empty ones too', async ({ store }) => {
    const bytes = createBytes(1023, 2);
    await store.set('backup', { byteLength: bytes.length, chunks: yieldUnevenChunks(bytes) });
    await assertStored(store, 'backup', bytes, 'after set');
  });
  kit.test('bytes: keeps tens of MiB', async ({ store }) => {
    const bytes = createBytes(Math.min(LARGE, kit.supports.maxBytes ?? LARGE), 3);
    await store.set('backup', createContent(bytes, 2 ** 20));
    await assertStored(store, 'backup', bytes, 'after set');
  });
}

function testOwnership(kit: StoreKit): void {
  kit.test('bytes: a chunk that is a view gives its own bytes, not its whole buffer', async ({ store }) => {
    const buffer = createBytes(300, 4);
    await store.set('backup', { byteLength: 101, chunks: yieldChunk(buffer.subarray(100, 201)) });
    await assertStored(store, 'backup', buffer.slice(100, 201), 'after set of a view');
  });
  kit.test('bytes: a chunk is overwritten when the next is asked for', async ({ store }) => {
    const bytes = createBytes(1000, 5);
    await store.set('backup', createContent(bytes, 64));
    await assertStored(store, 'backup', bytes, 'after set from one buffer that was used again');
  });
  kit.test('bytes: a chunk changed after set does not reach the store', async ({ store }) => {
    const chunk = createBytes(64, 6);
    await store.set('backup', { byteLength: 64, chunks: yieldChunk(chunk) });
    chunk.fill(0);
    await assertStored(store, 'backup', createBytes(64, 6), 'after the chunk was changed');
  });
  kit.test('bytes: the caller of get owns what it got', async ({ store }) => {
    await store.set('backup', createContent(createBytes(64, 7)));
    const first = await assertStored(store, 'backup', createBytes(64, 7), 'at first');
    first.bytes.fill(0);
    const second = await assertStored(
      store,
      'backup',
      createBytes(64, 7),
      'after the bytes of an earlier get were changed',
    );
    assertThat(first.bytes.buffer !== second.bytes.buffer, 'two gets must not share one buffer');
  });
}

function testLimit(kit: StoreKit): void {
  const { maxBytes } = kit.supports;
  if (maxBytes === undefined) return kit.notClaimed('bytes: a largest size');
  kit.test('bytes: refuses more than maxBytes and keeps the old', async ({ store }) => {
    await store.set('backup', createContent(createBytes(10, 8)));
    const tooLarge = { byteLength: maxBytes + 1, chunks: yieldChunk(new Uint8Array(1)) };
    await assertRejects(store.set('backup', tooLarge), 'set of maxBytes + 1 bytes');
    await assertStored(store, 'backup', createBytes(10, 8), 'after a set that was too large');
  });
}

async function* yieldChunk(chunk: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield chunk;
}

async function* yieldUnevenChunks(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  for (let start = 0, length = 0; start < bytes.length; start += length, length = (length + 1) % 7) {
    yield bytes.subarray(start, start + length);
  }
}
