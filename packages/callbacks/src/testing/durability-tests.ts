import type { CheckpointStore } from '../contract/checkpoint-store.js';
import { assertStored, assertThat } from './assertions.js';
import { createContent, createBytes } from './contents.js';
import type { StoreKit, StoreUnderTest } from './subjects.js';

/** Stored data are there when the store is reopened. Only a power cut can show that they survive one. */
export function testDurability(kit: StoreKit): void {
  if (!kit.supports.durable) return kit.notClaimed('durable', 'supports.durable is false');
  kit.test('durable: bytes, version and keys are there when opened anew', async (subject) => {
    const { store } = subject;
    await store.set('other', createContent(createBytes(30, 2)));
    const version = await store.set('backup', createContent(createBytes(2000, 1), 100));
    const again = await reopenStore(subject);
    const found = await assertStored(again, 'backup', createBytes(2000, 1), 'in a reopened store');
    assertThat(found.version === version, 'the version must be the same in a reopened store');
    assertThat(
      [...(await again.keys())].sort().join() === 'backup,other',
      'the keys must be the same in a reopened store',
    );
  });
  kit.test('durable: what was deleted stays away when opened anew', async (subject) => {
    await subject.store.set('backup', createContent(createBytes(30, 1)));
    await subject.store.delete('backup');
    assertThat(
      (await (await reopenStore(subject)).get('backup')) === undefined,
      'a deleted key must be absent in a reopened store',
    );
  });
}

async function reopenStore({ reopen }: StoreUnderTest): Promise<CheckpointStore> {
  assertThat(reopen !== undefined, 'a store that claims to be durable needs reopen in what make returns');
  return reopen();
}
