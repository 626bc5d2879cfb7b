import { assertRejects, assertStored, assertThat } from './assertions.js';
import { createBytes, createChunkedContent, createContent, createInterruptedContent } from './contents.js';
import { waitForTurn } from './steps.js';
import { openOther, type StoreKit } from './subjects.js';

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
    await store.set('backup', createChunkedContent(bytes.length, cutUnevenly(bytes)));
    await assertStored(store, 'backup', bytes, 'after set');
  });
  kit.test('bytes: keeps 0 bytes in one empty chunk, also in place of more', async ({ store }) => {
    const [empty, longer] = [new Uint8Array(0), createBytes(20, 2)];
    for (const bytes of [empty, longer, empty]) {
      await store.set('backup', createChunkedContent(bytes.length, [bytes]));
      await assertStored(store, 'backup', bytes, 'after set');
    }
    assertThat((await store.keys()).join() === 'backup', 'keys must list a key that holds 0 bytes');
  });
  kit.test('bytes: waits for chunks that come late', async ({ store }) => {
    const bytes = createBytes(1000, 2);
    await store.set('backup', createInterruptedContent(bytes, waitForTurn));
    await assertStored(store, 'backup', bytes, 'after set of late chunks');
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
    await store.set('backup', createChunkedContent(101, [buffer.subarray(100, 201)]));
    await assertStored(store, 'backup', buffer.slice(100, 201), 'after set of a view');
  });
  kit.test('bytes: a chunk is overwritten when the next is asked for', async ({ store }) => {
    const bytes = createBytes(1000, 5);
    await store.set('backup', createContent(bytes, 64));
    await assertStored(store, 'backup', bytes, 'after set from one buffer that was used again');
  });
  kit.test('bytes: a chunk changed after set does not reach the store', async ({ store }) => {
    const chunk = createBytes(64, 6);
    await store.set('backup', createChunkedContent(64, [chunk]));
    chunk.fill(0);
    await assertStored(store, 'backup', createBytes(64, 6), 'after the chunk was changed');
  });
  kit.test('bytes: the caller of get owns what it got', async (subject) => {
    const { store } = subject;
    const other = await openOther(subject);
    const bytes = createBytes(5000, 7);
    await store.set('backup', createContent(bytes));
    // A cache may hand out its own bytes only after some calls, or to callers that come at once.
    const buffers = new Set<ArrayBufferLike>();
    for (let round = 0; round < 5; round++) {
      for (const reader of [store, other, store]) {
        const found = await assertStored(
          reader,
          'backup',
          bytes,
          'after the bytes of earlier gets were changed',
        );
        buffers.add(found.bytes.buffer);
        found.bytes.fill(round);
      }
    }
    assertThat(buffers.size === 15, 'two gets must not share one buffer');
    await store.set('backup', createContent(bytes));
    await assertStored(other, 'backup', bytes, 'after the bytes of earlier gets were changed, and a set');
  });
  kit.test('bytes: callers that get at once each own what they got', async (subject) => {
    const { store } = subject;
    const other = await openOther(subject);
    const bytes = createBytes(5000, 8);
    await store.set('backup', createContent(bytes));
    const all = await Promise.all([store, store, other, store, other].map((reader) => reader.get('backup')));
    assertThat(
      new Set(all.map((found) => found?.bytes.buffer)).size === all.length,
      'two gets at once must not share one buffer',
    );
    for (const found of all) found?.bytes.fill(0);
    await assertStored(store, 'backup', bytes, 'after the bytes of gets at once were changed');
  });
}

function testLimit(kit: StoreKit): void {
  const { maxBytes } = kit.supports;
  if (maxBytes === undefined) return kit.notClaimed('bytes: a largest size', 'supports.maxBytes is absent');
  kit.test('bytes: refuses more than maxBytes and keeps the old', async ({ store }) => {
    await store.set('backup', createContent(createBytes(10, 8)));
    const tooLarge = createChunkedContent(maxBytes + 1, [new Uint8Array(1)]);
    await assertRejects(store.set('backup', tooLarge), 'set of maxBytes + 1 bytes');
    await assertStored(store, 'backup', createBytes(10, 8), 'after a set that was too large');
  });
}

/** Cuts bytes into chunks of 0 to 6 bytes. */
function cutUnevenly(bytes: Uint8Array): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let start = 0, length = 0; start < bytes.length; start += length, length = (length + 1) % 7)
    chunks.push(bytes.subarray(start, start + length));
  return chunks;
}
