import type { CheckpointStore } from '../contract/checkpoint-store.js';
import { assertStored } from './assert-stored.js';
import { assertThat } from './assert-that.js';
import { contentOf } from './content-of.js';
import { patternBytes } from './pattern-bytes.js';
import type { StoreUnderTest } from './store-under-test.js';
import type { StoreKit } from './store-kit.js';

/** What was stored is there when the store is opened anew. That it survives a power cut too, only a power cut can show. */
export function testDurability(kit: StoreKit): void {
  if (!kit.supports.durable) return kit.notClaimed('durable');
  kit.test('durable: bytes, version and keys are there when opened anew', async (subject) => {
    const { store } = subject;
    await store.set('other', contentOf(patternBytes(30, 2)));
    const version = await store.set('backup', contentOf(patternBytes(2000, 1), 100));
    const again = await opened(subject);
    const found = await assertStored(again, 'backup', patternBytes(2000, 1), 'in a store opened anew');
    assertThat(found.version === version, 'the version must be the same in a store opened anew');
    assertThat(
      [...(await again.keys())].sort().join() === 'backup,other',
      'the keys must be the same in a store opened anew',
    );
  });
  kit.test('durable: what was deleted stays away when opened anew', async (subject) => {
    await subject.store.set('backup', contentOf(patternBytes(30, 1)));
    await subject.store.delete('backup');
    assertThat(
      (await (await opened(subject)).get('backup')) === undefined,
      'a deleted key must be absent in a store opened anew',
    );
  });
}

async function opened({ reopen }: StoreUnderTest): Promise<CheckpointStore> {
  assertThat(reopen !== undefined, 'a store that claims to be durable needs reopen in what make returns');
  return reopen();
}
