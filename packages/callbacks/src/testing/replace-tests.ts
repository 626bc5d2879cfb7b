import type { CheckpointContent } from '../contract/checkpoint-store.js';
import { assertRejects, assertStored, assertThat } from './assertions.js';
import { createBytes, createChunkedContent, createContent } from './contents.js';
import { countRounds } from './steps.js';
import { openOther, type StoreKit } from './subjects.js';

const OLD = createBytes(5000, 1);
const NEW = createBytes(4000, 2);
const CHUNKS = [0, 1000, 2000, 3000].map((start) => NEW.subarray(start, start + 1000));

/** A set replaces everything or nothing. */
export function testReplacing(kit: StoreKit): void {
  testWholeReplacement(kit);
  testFailedSets(kit);
}

function testWholeReplacement(kit: StoreKit): void {
  kit.test('replace: shorter bytes leave nothing of longer ones', async ({ store }) => {
    await store.set('backup', createContent(OLD));
    await store.set('backup', createContent(NEW));
    await assertStored(store, 'backup', NEW, 'after the second set');
  });
  kit.test('replace: each content gets a version of its own', async ({ store }) => {
    const versions: string[] = [];
    const setNext = async (): Promise<unknown> => {
      const bytes = createBytes(100, 0);
      new DataView(bytes.buffer).setUint32(0, versions.length);
      return versions.push(await store.set('backup', createContent(bytes)));
    };
    // Many, because a short random version is the same only now and then.
    for (const _ of countRounds(400, 12)) await setNext();
    await store.delete('backup');
    await setNext();
    const { size } = new Set(versions);
    assertThat(
      size === versions.length,
      `${versions.length} contents must have as many versions, but have ${size}`,
    );
  });
}

function testFailedSets(kit: StoreKit): void {
  const failures: [string, () => CheckpointContent][] = [
    ['whose chunks fail half-way', () => createChunkedContent(NEW.length, CHUNKS, failAt(2))],
    ['whose chunks fail at once', () => createChunkedContent(NEW.length, CHUNKS, failAt(0))],
    [
      'whose chunks fail after the last byte',
      () => createChunkedContent(NEW.length, [...CHUNKS, NEW], failAt(4)),
    ],
    ['of fewer bytes than announced', () => ({ ...createContent(NEW, 1000), byteLength: NEW.length + 1 })],
    ['of more bytes than announced', () => ({ ...createContent(NEW, 1000), byteLength: NEW.length - 1 })],
    ['without the announced chunks', () => createChunkedContent(NEW.length, [])],
    ['of a chunk more than announced', () => createChunkedContent(NEW.length, [...CHUNKS, ...CHUNKS])],
    ['of bytes if none were announced', () => createChunkedContent(0, [NEW])],
  ];
  for (const [which, content] of failures) {
    kit.test(`replace: a set ${which} rejects and leaves the old bytes`, async (subject) => {
      const { store } = subject;
      const version = await store.set('backup', createContent(OLD));
      await assertRejects(store.set('backup', content()), `a set ${which}`);
      const found = await assertStored(await openOther(subject), 'backup', OLD, `after a set ${which}`);
      assertThat(found.version === version, `the version must stay after a set ${which}`);
      assertThat(
        (await store.keys()).join() === 'backup',
        `keys must list "backup" alone after a set ${which}`,
      );
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

function failAt(failing: number): (index: number) => Promise<void> {
  return async (index) => {
    if (index === failing) throw new Error('the source of the chunks failed');
  };
}
