import { assertRejects, assertThat } from './assertions.js';
import { createContent, createBytes } from './contents.js';
import type { StoreKit } from './subjects.js';

interface ProcessLike {
  eventNames(): (string | symbol)[];
  listenerCount(name: string | symbol): number;
}

/** Nothing is left behind. */
export function testHygiene(kit: StoreKit): void {
  kit.test('hygiene: failed sets and a delete leave no key', async ({ store, reopen }) => {
    await store.set('backup', createContent(createBytes(100, 1)));
    for (let round = 0; round < 3; round++) {
      await assertRejects(
        store.set('backup', { ...createContent(createBytes(50, 2)), byteLength: 51 }),
        'a set of too few bytes',
      );
    }
    assertThat((await store.keys()).join() === 'backup', 'failed sets must leave no key');
    await store.delete('backup');
    assertThat((await ((await reopen?.()) ?? store).keys()).length === 0, 'delete must leave no key');
  });
  kit.test('hygiene: no listener of the process is left', async ({ store }) => {
    const before = listListeners();
    const held = await store.lock?.('backup');
    await store.set('backup', createContent(createBytes(100, 1)));
    await store.get('backup');
    assertThat(
      listListeners() === before,
      "a store must not listen to the process: signals are its caller's",
    );
    await store.delete('backup');
    await held?.release();
    assertThat(listListeners() === before, 'a store must leave no listener of the process');
  });
}

/** Lists the process events that have listeners, as text; empty if there is no process, as in a page. */
function listListeners(): string {
  const { process } = globalThis as { process?: Partial<ProcessLike> };
  if (typeof process?.eventNames !== 'function') return '';
  return process
    .eventNames()
    .map((name) => `${String(name)}:${process.listenerCount?.(name)}`)
    .sort()
    .join();
}
