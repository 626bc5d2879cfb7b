import { assertRejects, assertThat } from './assertions.js';
import { createBytes, createChunkedContent, createContent } from './contents.js';
import { assertLocked } from './locks.js';
import { waitForTurn } from './steps.js';
import type { StoreKit } from './subjects.js';

interface ProcessLike {
  on(name: string, listener: (reason: unknown) => void): void;
  off(name: string, listener: (reason: unknown) => void): void;
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
  kit.test('hygiene: a failed call leaves no failure that nobody handles', async ({ store }) => {
    await assertNoUnhandled(async () => {
      const content = createChunkedContent(9, [new Uint8Array(3)], async (index) => {
        if (index === 0) throw new Error('the source of the chunks failed');
      });
      const calls = [
        () => store.set('backup', content),
        () => store.set('backup', { ...createContent(createBytes(50, 2)), byteLength: 51 }),
      ];
      if (store.supports.fencing) {
        calls.push(() => store.set('backup', createContent(createBytes(50, 2)), { replaces: 'no version' }));
      }
      for (const call of calls) await assertRejects(call(), 'a set that cannot succeed');
      const held = await store.lock?.('backup');
      if (held !== undefined) await assertLocked(store, 'backup');
      await held?.release();
    });
  });
}

/**
 * Waits for a few turns of the event loop and fails if a promise was rejected that nobody handles, which ends
 * a process of Node.
 */
async function assertNoUnhandled(action: () => Promise<void>): Promise<void> {
  const { process } = globalThis as { process?: Partial<ProcessLike> };
  const unhandled: unknown[] = [];
  const noteReason = (reason: unknown): void => void unhandled.push(reason);
  const noteEvent = (event: Event): void => noteReason((event as { reason?: unknown } & Event).reason);
  process?.on?.('unhandledRejection', noteReason);
  globalThis.addEventListener?.('unhandledrejection', noteEvent);
  try {
    await action();
    for (let turn = 0; turn < 3; turn++) await waitForTurn();
  } finally {
    process?.off?.('unhandledRejection', noteReason);
    globalThis.removeEventListener?.('unhandledrejection', noteEvent);
  }
  assertThat(
    unhandled.length === 0,
    `every failure must reach the caller, but nobody handles this one: ${String(unhandled[0])}`,
  );
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
