import type { CheckpointContent, CheckpointStore } from '../contract/checkpoint-store.js';
import { assertRejects } from './assert-rejects.js';
import { assertStored } from './assert-stored.js';
import { assertThat } from './assert-that.js';
import { contentOf } from './content-of.js';
import { patternBytes } from './pattern-bytes.js';
import type { StoreKit } from './store-kit.js';

const OLD = patternBytes(5000, 1);
const NEW = patternBytes(4000, 2);

/** A set replaces everything or nothing, also while others read. */
export function testReplacing(kit: StoreKit): void {
  testWholeReplacement(kit);
  testReaders(kit);
  testFailedSets(kit);
}

function testWholeReplacement(kit: StoreKit): void {
  kit.test('replace: shorter bytes leave nothing of longer ones', async ({ store }) => {
    await store.set('backup', contentOf(OLD));
    await store.set('backup', contentOf(NEW));
    await assertStored(store, 'backup', NEW, 'after the second set');
  });
  kit.test('replace: each content gets a version of its own', async ({ store }) => {
    const versions = new Set<string>();
    for (let round = 0; round < 12; round++)
      versions.add(await store.set('backup', contentOf(patternBytes(100, round))));
    await store.delete('backup');
    versions.add(await store.set('backup', contentOf(patternBytes(100, 12))));
    assertThat(versions.size === 13, `13 contents must have 13 versions, but have ${versions.size}`);
  });
  kit.test('replace: of two sets at once one whole content remains', async ({ store }) => {
    const [first, second] = [patternBytes(3000, 3), patternBytes(3000, 4)];
    await Promise.all([
      store.set('backup', contentOf(first, 100)),
      store.set('backup', contentOf(second, 100)),
    ]);
    const found = await store.get('backup');
    await assertStored(
      store,
      'backup',
      found?.bytes[0] === first[0] ? first : second,
      'after two sets at once',
    );
  });
}

function testReaders(kit: StoreKit): void {
  kit.test('replace: a set half done is not seen', async ({ store, reopen }) => {
    const reader = (await reopen?.()) ?? store;
    const version = await store.set('backup', contentOf(OLD));
    const seen = async (): Promise<void> => {
      const found = await assertStored(reader, 'backup', OLD, 'while another set runs');
      assertThat(found.version === version, 'the version must not change while another set runs');
    };
    await store.set('backup', { byteLength: NEW.length, chunks: chunksWith(contentOf(NEW, 1000), seen) });
    await assertStored(reader, 'backup', NEW, 'after set');
  });
  kit.test('replace: a reader in a loop never sees a mixture', async ({ store, reopen }) => {
    const reader = (await reopen?.()) ?? store;
    await store.set('backup', contentOf(roundBytes(0)));
    let writing = true;
    const writer = writeRounds(store).finally(() => (writing = false));
    const reading = (async () => {
      while (writing) await assertWholeRound(reader);
    })();
    await Promise.all([writer, reading]);
    await assertWholeRound(reader);
  });
}

function testFailedSets(kit: StoreKit): void {
  const failures: [string, () => CheckpointContent][] = [
    [
      'whose chunks fail half-way',
      () => ({ byteLength: NEW.length, chunks: chunksWith(contentOf(NEW, 1000), failAtThird()) }),
    ],
    ['of fewer bytes than announced', () => ({ ...contentOf(NEW, 1000), byteLength: NEW.length + 1 })],
    ['of more bytes than announced', () => ({ ...contentOf(NEW, 1000), byteLength: NEW.length - 1 })],
  ];
  for (const [which, content] of failures) {
    kit.test(`replace: a set ${which} rejects and leaves the old bytes`, async ({ store, reopen }) => {
      const version = await store.set('backup', contentOf(OLD));
      await assertRejects(store.set('backup', content()), `a set ${which}`);
      const found = await assertStored((await reopen?.()) ?? store, 'backup', OLD, `after a set ${which}`);
      assertThat(found.version === version, `the version must stay after a set ${which}`);
    });
    kit.test(`replace: a first set ${which} leaves nothing`, async ({ store }) => {
      await assertRejects(store.set('backup', content()), `a set ${which}`);
      assertThat(
        (await store.get('backup')) === undefined,
        `get must give undefined after a first set ${which}`,
      );
      assertThat((await store.keys()).length === 0, `keys must be empty after a first set ${which}`);
    });
  }
}

async function* chunksWith(
  content: CheckpointContent,
  before: () => Promise<void>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of content.chunks) {
    await before();
    yield chunk;
  }
}

function failAtThird(): () => Promise<void> {
  let calls = 0;
  return async () => {
    calls += 1;
    if (calls === 3) throw new Error('the source of the chunks failed');
  };
}

/** Each round has its own length and its own byte, so that a mixture of two shows. */
function roundBytes(round: number): Uint8Array {
  return new Uint8Array(1000 + 317 * (round % 7)).fill(round);
}

async function writeRounds(store: CheckpointStore): Promise<void> {
  for (let round = 1; round <= 25; round++) await store.set('backup', contentOf(roundBytes(round), 256));
}

async function assertWholeRound(store: CheckpointStore): Promise<void> {
  const found = await store.get('backup');
  assertThat(
    found !== undefined,
    'get must give bytes at every instant of a replacement, but gave undefined',
  );
  const round = found.bytes[0] ?? 0;
  const whole =
    found.bytes.length === roundBytes(round).length && found.bytes.every((byte) => byte === round);
  assertThat(whole, 'get must give the bytes of one set, but gave a mixture of several');
}
